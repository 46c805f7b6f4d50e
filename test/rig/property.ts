import fc from 'fast-check';

/**
 * fast-check with one seed in the sampled tier: what decides about a change must not turn red by chance. The full tier looks
 * with a new seed each time; a failure prints its seed and path, and what it finds becomes an example of its own.
 */
if (process.env.BEXPERT_TEST !== 'full') fc.configureGlobal({ seed: 20_261_125 });

export default fc;
