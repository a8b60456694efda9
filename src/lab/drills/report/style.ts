/** What the drills' reports add to the style of every page. */
export const style: string = `
:root{--whole:#2f7d4f;--again:#6aa2d8;--half:#b3261e;--error:#e09a2b;--offered:#5a6272;--bare:#c2452d;--guarded:#1f5fbf;--shade:#1b1f2712}
@media (prefers-color-scheme:dark){:root{--whole:#4fae77;--again:#5b8fc4;--half:#ff7a6e;--error:#c98a2e;--offered:#a4adbd;--bare:#ff8a6e;--guarded:#86b3ff;--shade:#ffffff14}}
.sides{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:14px;margin:18px 0}
.side{border:1px solid var(--line);border-top:6px solid var(--bare);border-radius:8px;background:var(--panel);padding:12px 16px}.side.guarded{border-top-color:var(--guarded)}
.side h2{border:0;margin:0;padding:0;font-size:1rem;color:var(--soft)}.side p{margin:.5em 0 .2em}.side dl{margin:.4em 0;display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:4px 14px}.side dl div{display:flex;flex-direction:column-reverse;justify-content:flex-end}.side dt{font-size:.82rem;color:var(--soft);line-height:1.3}.side dd{margin:0;white-space:nowrap;font-size:clamp(1.2rem,5.4vw,1.75rem);font-weight:700;line-height:1.25}
.lead{font-size:1.3rem;line-height:1.4;font-weight:600;margin:.5em 0}
.chart{display:grid;grid-template-columns:50px minmax(0,1fr);margin-top:8px}.chart h3{grid-column:2;margin:.7em 0 .75em;font-size:.95rem}
.chart .y{position:relative;font-size:.75rem;color:var(--soft)}.chart .y span{position:absolute;white-space:nowrap;right:7px;transform:translateY(50%);line-height:1}
.chart svg{display:block;width:100%;height:170px;overflow:visible;border-bottom:1px solid var(--soft)}.chart.low svg{height:120px}
.chart .axis{grid-column:2;border:0;margin:2px 0 0;height:20px;position:relative;font-size:.75rem;color:var(--soft)}.chart .axis span{position:absolute;top:3px;transform:translateX(-50%);white-space:nowrap}
.chart .axis span:first-child{transform:none}.chart .axis span:last-child{transform:translateX(-100%)}
.grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}.cause{fill:var(--shade)}.cause-bar{fill:var(--soft)}
.line{fill:none;stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round}.line.offered{stroke:var(--offered);stroke-dasharray:5 4;stroke-width:1.5}.line.bare{stroke:var(--bare)}.line.guarded{stroke:var(--guarded)}
.fill.whole{fill:var(--whole)}.fill.again{fill:var(--again)}.fill.half{fill:var(--half)}.fill.error{fill:var(--error)}
.key{display:inline-block;width:14px;height:12px;border-radius:2px}.key.whole{background:var(--whole)}.key.again{background:var(--again)}.key.half{background:var(--half)}.key.error{background:var(--error)}.key.cause{background:var(--shade);border-top:4px solid var(--soft);border-radius:0}
.key.stroke{height:0;border-top:3px solid;border-radius:0;width:20px}.key.stroke.bare{border-color:var(--bare)}.key.stroke.guarded{border-color:var(--guarded)}.key.stroke.offered{border-top:2px dashed var(--offered)}
.numbers td:nth-child(n+2),.numbers th:nth-child(n+2){text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.numbers tbody+tbody{border-top:2px solid var(--line)}
.numbers th[scope=row]{color:var(--ink);font-weight:400;font-size:.92rem}.best{font-weight:700}
.bars{display:grid;grid-template-columns:max-content minmax(0,1fr) max-content;gap:7px 12px;align-items:center;font-size:.9rem;margin-top:10px}.bars .track{display:flex;height:20px;border-radius:3px;overflow:hidden;background:var(--panel);margin:0}
.bars .track i{display:block;height:100%}.bars .track .whole{background:var(--whole)}.bars .track .again{background:var(--again)}.bars .track .half{background:var(--half)}.bars .track .error{background:var(--error)}.bars .track .guarded{background:var(--guarded)}.bars b{font-variant-numeric:tabular-nums;text-align:right}
code{font:.88em ui-monospace,"SF Mono",Menlo,Consolas,monospace;background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:1px 5px;overflow-wrap:anywhere}
.scroll{overflow-x:auto}.wide thead th:nth-child(n+2){white-space:normal}
@media (max-width:720px){.sides{grid-template-columns:minmax(0,1fr)}.numbers thead{display:table-header-group}.numbers tr{display:table-row}.numbers td{display:table-cell;padding:6px 4px;border-bottom:1px solid var(--line)}.numbers td::before{content:none}.numbers th{padding:6px 4px}.numbers td,.numbers th[scope=row]{font-size:.84rem}
.numbers td:nth-child(n+2){font-size:.8rem}.side dd{font-size:1.4rem}.lead{font-size:1.12rem}.chart{grid-template-columns:44px minmax(0,1fr)}.chart svg{height:140px}.chart .axis span:nth-child(even){display:none}.bars{grid-template-columns:minmax(0,1fr) max-content}.bars .name{grid-column:1/-1;margin-bottom:-4px}.wide td,.wide th{white-space:nowrap!important;padding:6px 8px!important}.wide th:first-child{white-space:normal!important;min-width:112px}}
@media print{:root{--whole:#2f7d4f;--again:#6aa2d8;--half:#b3261e;--error:#e09a2b;--offered:#444;--bare:#c2452d;--guarded:#1f5fbf;--shade:#1b1f2712}.side{break-inside:avoid}.sides{grid-template-columns:repeat(2,minmax(0,1fr))}}
`
