/** Forecasts and explanations of weather. */
export const weatherText = `
The morning begins with fog in the valleys and clear sky above the hills. The fog lifts before noon and the afternoon is mild and sunny. The wind comes from the west and stays light. In the evening the first clouds of a new front reach the coast.

Rain spreads from the west during the night and reaches the capital before dawn. It is heavy in the hills, where streams may rise quickly. Behind the rain the air is cooler and the wind turns to the north. By the afternoon the sky clears and only a few showers remain near the sea.

A cold front is the line where cold air pushes under warm air. The warm air rises, cools, and drops its water as rain. The change is quick and the wind turns within minutes. After the front has passed, the air is clear and the view is long.

The temperature in the city was nineteen degrees at noon and will fall to eleven in the night. The streets keep the warmth of the day, so the fields outside are three or four degrees colder. A light frost is possible on low ground. Gardeners should cover young plants until the weekend.

The storm has moved faster than the models said yesterday. The strongest gusts are expected along the northern coast between six and nine in the evening. Ferries will not run during that time. On Sunday the wind is weak again and the sea is calm by the afternoon.

Snow falls above eight hundred metres and turns to rain in the valleys. The passes are open, but drivers should carry chains and allow more time. The snow line rises on Wednesday when warmer air arrives from the south. The danger of avalanches stays high until the new snow has settled.

A forecast for ten days is a sketch and not a promise. The first three days are reliable, the next three are likely, and the rest shows only a tendency. The models agree on a dry week. They do not agree on what comes after it.
`
