/** Code review comments. */
export const reviewText = `
The change is small and easy to read, and the tests cover the new branch. One thing is missing. The function opens a file and returns early when the header is wrong, so the file stays open. Move the check below the cleanup or close the file in a finally block.

This loop reads the whole response into memory before it looks at the first line. A large response will exhaust the heap on a small machine. Read the stream line by line and stop as soon as the limit is reached. A test with a body larger than the limit would have caught this.

The retry has no upper bound and no jitter. When the upstream is down, every client will come back at the same moment and keep it down. Give the retry a budget, add a random delay, and honour the header that says when to come back. The comment above the function should say why the budget is ten per cent.

I like the new name of this module because it says what the code is about. The old name said only that somebody had found no better place for the code. Please rename the test file as well, so that both are found together. The rest of the change can go in as it is.

The query is built from strings that come from the request. Use a parameter for each value, even for the ones that look safe today. The type of the column is a number, but the type of the input is a string until it has been checked. Validation belongs at the edge, where the error can still name the field.

The cache never removes an entry, so it grows until the process is restarted. Bound it by count and drop the oldest entry first. A hit should move the entry to the end, which a map gives for free when the key is deleted and set again. Please add a test that fails when the bound is removed.

The race is real but rare. Two requests may both see that the token has expired and both ask for a new one. Keep the promise of the first refresh and let the second request wait for it. When the refresh fails, forget the promise, because otherwise every later request fails with the same old error.

The error message says that something went wrong, and nothing more. Say what was expected, what came instead, and what the reader can do about it. Do not print the token in the message. With those two changes the pull request is ready.
`
