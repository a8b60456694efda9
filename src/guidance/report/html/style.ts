/** The page's whole style: light and dark, wide and narrow, screen and A4. */
export const style: string = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f27;--soft:#5a6272;--line:#d9dde5;--panel:#f5f7fa;--accent:#1f5fbf;
--bad:#b3261e;--warn:#8a5a00;--good:#1b6e3c;--bar:#9db7dd;--users:#c2452d;--own:#1b7f4d;--amp:#b26a00;--said:#6a45b0}
@media (prefers-color-scheme:dark){:root{--paper:#14171c;--ink:#e8ebf1;--soft:#a4adbd;--line:#343b47;--panel:#1d222a;--accent:#86b3ff;
--bad:#ff8a80;--warn:#f0b75a;--good:#6fd397;--bar:#43608c;--users:#ff8a6e;--own:#5fd394;--amp:#f0b04a;--said:#b79cf5}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:break-word}
main{max-width:1040px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:2rem;line-height:1.2;margin:.1em 0}h2{font-size:1.4rem;margin:2.2em 0 .5em;border-bottom:2px solid var(--line);padding-bottom:.2em}
h3{font-size:1.08rem;margin:1.5em 0 .4em}summary h3{display:inline}p{margin:.45em 0}ul,ol{margin:.4em 0;padding-left:1.3em}li{margin:.3em 0}a{color:var(--accent)}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.9rem;margin:12px 0}
.kicker{color:var(--accent);font-weight:600;font-size:.9rem;margin:0}.fine{color:var(--soft);font-size:.875rem}
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
table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.6em 0}th,td{text-align:left;vertical-align:top;padding:7px 9px;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600;font-size:.82rem}
.checks th:first-child{width:52px}.checks th:nth-child(2){width:42%}.debt th:first-child{width:22%}.debt th:nth-child(2){width:15%}.debt th:nth-child(4){width:14%}.debt th:nth-child(5){width:13%}.claim,.sources td:nth-child(n+3){overflow-wrap:anywhere}.sources th:first-child{width:60px}.sources th:nth-child(2){width:100px}.events th:first-child{width:172px}.signature th{white-space:nowrap;padding:7px 5px}.metrics th:first-child{width:36%}.metrics th:last-child{width:86px}
.status{font-weight:600;white-space:nowrap}.status.met,.verdict-yes{color:var(--good)}.status.contradicted,.verdict-no{color:var(--bad)}.status.missing,.verdict-open{color:var(--warn)}[class^=verdict-]{font-weight:600}
.lift,.step{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:8px 16px;margin:.8em 0}.step h3{margin-top:.4em}.step table{background:transparent}
.claim{margin:.7em 0;padding-left:12px;border-left:3px solid var(--line)}.claim p{margin:.15em 0}.refused{border-color:var(--bad)}.other{padding-left:1em;color:var(--soft)}
.kind{font-size:.78rem;color:var(--soft);border:1px solid var(--line);border-radius:4px;padding:0 5px;white-space:nowrap}.differ{font-size:.8rem;white-space:nowrap}
.plot{margin:1.2em 0;padding:14px 16px 12px;border:1px solid var(--line);border-radius:8px}.plot figcaption{font-size:.92rem}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.82rem;color:var(--soft);align-items:center}.legend span{display:inline-flex;align-items:center;gap:6px}
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
footer{margin-top:3em;color:var(--soft);font-size:.85rem;border-top:1px solid var(--line);padding-top:1em}
@media (max-width:720px){main{padding:18px 14px 48px}h1{font-size:1.5rem}.tiles,.cascade{grid-template-columns:minmax(0,1fr)}.cascade svg{max-width:280px;margin:0 auto;display:block}
thead{display:none}tr{display:block;border-bottom:1px solid var(--line);padding:6px 0}td{display:block;border:0;padding:2px 0}td::before{content:attr(data-label) ": ";color:var(--soft);font-size:.8rem}
.axis span:nth-child(even){display:none}}
@media print{@page{size:A4;margin:14mm}:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--panel:#f5f6f8;--accent:#1f4f9f;--bad:#a3221a;--warn:#7a5000;--good:#155c31;--bar:#9db7dd;--users:#c2452d;--own:#1b7f4d;--amp:#b26a00;--said:#6a45b0}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{font-size:10pt}main{max-width:none;padding:0}nav{display:none}h2,h3{break-after:avoid}table{font-size:9pt}.fine{font-size:8.5pt}tr,.step,.tile,.verdict,.claim,.plot,.lift,.row{break-inside:avoid}.cascade{break-inside:avoid}a{color:inherit;text-decoration:none}
.tiles{grid-template-columns:repeat(3,minmax(0,1fr))}}
`
