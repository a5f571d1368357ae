#!/bin/bash
# The shards of an array joined to results.jsonl, with table.csv and pictures; it refuses where a shard is missing:
#   job=$(sbatch --parsable --array=1-20 invert.sh 20 files.txt results …)
#   sbatch --dependency="afterany:$job" table.sh results --against fluence --pattern '_(?<fluence>[0-9.]+e14)'
#SBATCH --job-name=takagi-table
#SBATCH --time=10
#SBATCH --requeue
${TAKAGI:-npx takagi} table "$@"
