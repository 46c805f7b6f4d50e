import tempfile
import unittest
from pathlib import Path

import gate


class MoneyColumns(unittest.TestCase):
    def look(self, files, names=("price", "total")):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            trees = {"candidate": {"path": folder}}
            return gate.look({"trees": trees, "inputs": {"folder": "migrations", "names": list(names)}})

    def test_a_price_that_rounds_is_found_at_its_place(self):
        answer = self.look({"migrations/1.sql": "CREATE TABLE item (\n  id bigint,\n  unit_price real NOT NULL\n);\n"})
        [finding] = answer["findings"]
        self.assertEqual(finding["code"], "money-columns/inexact")
        self.assertEqual(finding["location"], {"file": "migrations/1.sql", "line": 3, "column": 3})

    def test_exact_types_and_other_columns_are_fine(self):
        answer = self.look({"migrations/1.sql": "CREATE TABLE item (price numeric(12, 2), weight real, total bigint);\n"})
        self.assertEqual(answer["findings"], [])
        self.assertEqual(answer["outputs"], {"columns": 2})

    def test_columns_that_are_added_or_changed_count_too(self):
        answer = self.look(
            {
                "migrations/1.sql": 'ALTER TABLE item\n  ADD COLUMN "price" float8;\n',
                "migrations/2.sql": "ALTER TABLE item ALTER COLUMN total TYPE double precision;\n",
            }
        )
        self.assertEqual([finding["location"]["line"] for finding in answer["findings"]], [2, 1])

    def test_comments_are_no_columns(self):
        answer = self.look({"migrations/1.sql": "-- price real\n/* total float */\nSELECT 1;\n"})
        self.assertEqual(answer["outputs"], {"columns": 0})

    def test_without_migrations_nothing_was_examined(self):
        self.assertEqual(self.look({"README.md": ""})["examined"]["count"], 0)


if __name__ == "__main__":
    unittest.main()
