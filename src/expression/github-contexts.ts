/** Contexts of GitHub Actions that a playbook does not have, each with its own way. */
export const githubContexts: Readonly<Record<string, string>> = {
  github: 'What is known about the run stands in `run`: `run.branch`, `run.base`, `run.event`, `run.ci`.',
  job: 'Services are asked by their names: `services.db.url`.',
  jobs: 'What a step found stands in `steps.<id>.outputs`.',
  matrix: 'Values come from `inputs`.',
  needs: 'What a step found stands in `steps.<id>.outputs`, in whichever phase it ran.',
  runner: 'A playbook runs the same everywhere; whether it runs in CI says `run.ci`.',
  strategy: 'Values come from `inputs`.',
  vars: 'Values come from `inputs`, which `bexpert.yml` may set, or from `env`.',
};
