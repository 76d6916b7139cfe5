"""One measurement of a pack in its report/ folder: for programs, for spreadsheets and for people."""
import csv
import json


def write(pack, name, found, rows, text):
    """report/NAME.json holds what was found, .csv its rows, .md the text."""
    report = pack / "report"
    report.mkdir(parents=True, exist_ok=True)
    (report / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n")
    with open(report / f"{name}.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (report / f"{name}.md").write_text(text)
