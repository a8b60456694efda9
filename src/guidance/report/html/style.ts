/** What the diagnosis adds to the style of every page. */
export const style: string = `
.badge{display:inline-block;font-size:.72rem;line-height:1.5;border:1px solid var(--line);border-radius:4px;padding:0 5px;color:var(--soft);background:var(--panel);vertical-align:1px}
.badge b{font-weight:600}.badge.fact b{color:var(--good)}.badge.correlation b{color:var(--warn)}.badge.inference b{color:var(--accent)}.badge.opinion b{color:var(--said)}.badge.rule b{color:var(--bad)}
.verdict{border-left:6px solid var(--warn);background:var(--panel);padding:12px 18px;border-radius:0 8px 8px 0}
.state{font-size:1.5rem;font-weight:700;text-transform:capitalize;margin:0}.state-ungovernable{border-color:var(--bad)}.state-ungovernable .state{color:var(--bad)}
.state-governable,.state-governed,.state-adaptive{border-color:var(--good)}
.tiles{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:14px;margin:16px 0}
.tile{border:1px solid var(--line);border-radius:8px;padding:12px 14px;background:var(--panel)}.tile-head{display:flex;justify-content:space-between;gap:8px;margin:0}
.binds{background:var(--bad);color:var(--paper);border-radius:4px;font-size:.75rem;padding:1px 7px;font-weight:600;align-self:center}
.level{margin:.1em 0;color:var(--soft)}.figure{font-size:2.2rem;font-weight:700;color:var(--ink)}
.gauge{display:grid;grid-template-columns:repeat(5,1fr);gap:3px;margin:.2em 0 .6em}.gauge i{height:9px;border-radius:2px;background:var(--line)}
.gauge i.on{background:var(--good)}.level-1 i.on{background:var(--bad)}.level-2 i.on,.level-3 i.on{background:var(--amp)}
.points li{margin:.5em 0}
.checks th:first-child{width:52px}.checks th:nth-child(2){width:42%}.debt th:first-child{width:22%}.debt th:nth-child(2){width:15%}.debt th:nth-child(4){width:14%}.debt th:nth-child(5){width:13%}.claim,.sources td:nth-child(n+3){overflow-wrap:anywhere}.sources th:first-child{width:60px}.sources th:nth-child(2){width:100px}.events th:first-child{width:172px}.signature th{white-space:nowrap;padding:7px 5px}.metrics th:first-child{width:36%}.metrics th:last-child{width:86px}
.status{font-weight:600;white-space:nowrap}.status.met,.verdict-yes{color:var(--good)}.status.contradicted,.verdict-no{color:var(--bad)}.status.missing,.verdict-open{color:var(--warn)}[class^=verdict-]{font-weight:600}
.lift,.step{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:8px 16px;margin:.8em 0}.step h3{margin-top:.4em}.step table{background:transparent}
.claim{margin:.7em 0;padding-left:12px;border-left:3px solid var(--line)}.claim p{margin:.15em 0}.refused{border-color:var(--bad)}.other{padding-left:1em;color:var(--soft)}
.kind{font-size:.78rem;color:var(--soft);border:1px solid var(--line);border-radius:4px;padding:0 5px;white-space:nowrap}.differ{font-size:.8rem;white-space:nowrap}
.row p{font-size:.85rem;margin:.5em 0 .15em}.track{position:relative;height:18px;background:var(--panel);border-radius:3px;margin:0 12px}
.bar{position:absolute;top:4px;height:10px;min-width:3px;background:var(--bar);border-radius:2px}.bar.users{background:var(--users)}.bar.own{background:var(--own)}
.track.zero::after{content:"";position:absolute;left:50%;top:-3px;bottom:-3px;border-left:2px solid var(--ink)}
.mark{display:inline-block;width:11px;height:11px;background:var(--soft);border:1px solid var(--paper)}.track .mark{position:absolute;top:3px;margin-left:-6px}
.mark.introduced{background:var(--ink);border-radius:1px}.mark.amplified{background:var(--amp);transform:rotate(45deg)}.mark.user-report,.mark.users{background:var(--users);border-radius:50%}
.mark.detected,.mark.own{background:var(--own);border-radius:50%}.mark.communicated{background:var(--said);clip-path:polygon(50% 0,100% 100%,0 100%)}.mark.fixed{background:var(--accent);border-radius:1px}.mark.resurfaced{background:var(--bad);clip-path:polygon(0 0,100% 0,50% 100%)}.mark.swatch{border-radius:2px}
.axis{position:relative;height:22px;margin:6px 12px 0;border-top:1px solid var(--line);font-size:.75rem;color:var(--soft)}.axis span{position:absolute;top:3px;transform:translateX(-50%);white-space:nowrap}
.axis span:first-child{transform:translateX(-12px)}.axis span:last-child{transform:translateX(calc(-100% + 12px))}
.cascade{display:grid;grid-template-columns:minmax(0,300px) minmax(0,1fr);gap:28px;align-items:center}.cascade svg{width:100%;height:auto}
.box{fill:var(--panel);stroke:var(--line);stroke-width:2}.box.bound{stroke:var(--bad);stroke-width:3}.name{font-weight:700;font-size:17px;fill:var(--ink)}.sub{font-size:13px;fill:var(--soft)}
.arrow{fill:none;stroke:var(--bad);stroke-width:2.5}.tip{fill:var(--bad)}.number{fill:var(--paper);stroke:var(--bad);stroke-width:2}.digit{font-size:14px;font-weight:700;fill:var(--ink)}.cascade li{margin:.8em 0}
@media (max-width:720px){.tiles,.cascade{grid-template-columns:minmax(0,1fr)}.cascade svg{max-width:280px;margin:0 auto;display:block}
.axis span:nth-child(even){display:none}}
@media print{.step,.tile,.verdict,.claim,.lift,.row,.cascade{break-inside:avoid}
.tiles{grid-template-columns:repeat(3,minmax(0,1fr))}}
`
