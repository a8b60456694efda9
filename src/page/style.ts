/** The style of every page: light and dark, wide and narrow, screen and A4. */
export const baseStyle: string = `
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
table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.6em 0}th,td{text-align:left;vertical-align:top;padding:7px 9px;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600;font-size:.82rem}
.plot{margin:1.2em 0;padding:14px 16px 12px;border:1px solid var(--line);border-radius:8px}.plot figcaption{font-size:.92rem}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.82rem;color:var(--soft);align-items:center}.legend span{display:inline-flex;align-items:center;gap:6px}
footer{margin-top:3em;color:var(--soft);font-size:.85rem;border-top:1px solid var(--line);padding-top:1em}
@media (max-width:720px){main{padding:18px 14px 48px}h1{font-size:1.5rem}
thead{display:none}tr{display:block;border-bottom:1px solid var(--line);padding:6px 0}td{display:block;border:0;padding:2px 0}td::before{content:attr(data-label) ": ";color:var(--soft);font-size:.8rem}}
@media print{@page{size:A4;margin:14mm}:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--panel:#f5f6f8;--accent:#1f4f9f;--bad:#a3221a;--warn:#7a5000;--good:#155c31;--bar:#9db7dd;--users:#c2452d;--own:#1b7f4d;--amp:#b26a00;--said:#6a45b0}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{font-size:10pt}main{max-width:none;padding:0}nav{display:none}h2,h3{break-after:avoid}table{font-size:9pt}.fine{font-size:8.5pt}tr,.plot{break-inside:avoid}a{color:inherit;text-decoration:none}}
`
