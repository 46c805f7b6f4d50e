/** What `bexpert new playbook` writes. NAME is its name. */
export const playbookTemplate = `bexpert: 1
name: NAME
description: What this playbook proves, in one sentence.

phases:
  # What an action should know, and the action itself: see \`bexpert plugins\`.
  # context: [schema-map, api-contracts]
  # action:
  #   steps:
  #     - id: implement
  #       uses: agent
  #       with: { goal: "What is to be done." }
  verify:
    steps:
      - tests
      - uses: coverage
        with: { changed-lines: 90 }
`;
