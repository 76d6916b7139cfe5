"""Classifies any number of pictures with Spark: one `insitu` process a partition.

    python docs/examples/spark_pipe.py paths.txt results --partitions 8
    python docs/examples/spark_pipe.py paths.txt results --command 'insitu classify --pack /packs/skin -'

paths.txt: one path a line, on storage that every worker sees. results: a new
folder of JSON Lines, one line a picture. `pipe` writes each partition's paths
to the command's standard input and takes its lines from standard output, so a
partition costs one start of the command, whatever its size. Exits 1 when a
picture failed or a line is missing.
"""

import argparse
import json
import sys

from pyspark.sql import SparkSession


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths")
    parser.add_argument("results")
    parser.add_argument("--command", default="insitu classify -")
    parser.add_argument("--partitions", type=int, default=8)
    arguments = parser.parse_args()

    spark = SparkSession.builder.appName("insitu").getOrCreate()
    paths = spark.sparkContext.textFile(arguments.paths).repartition(arguments.partitions)
    paths = paths.filter(lambda path: path.strip()).cache()
    # No checkCode: exit status 1 means that some pictures failed, and their
    # lines say which; a command that died early is found by the count below.
    lines = paths.pipe(arguments.command)
    lines.saveAsTextFile(arguments.results)

    answers = spark.sparkContext.textFile(arguments.results).map(json.loads)
    asked, answered = paths.count(), answers.count()
    failed = answers.filter(lambda answer: not answer["ok"]).count()
    tops = answers.filter(lambda answer: answer["ok"]).map(lambda answer: answer["top"]["id"]).countByValue()
    spark.stop()
    print(json.dumps({"asked": asked, "answered": answered, "failed": failed, "tops": dict(sorted(tops.items()))}))
    return 0 if asked == answered and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
