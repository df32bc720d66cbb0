// fast-check. What a change is judged by plays the same values each time; whoever works on it
// plays others each time, and what falls is printed with its seed.
import fc from "fast-check";

if (process.env.CI) fc.configureGlobal({ seed: 20_261_122 });

export default fc;
