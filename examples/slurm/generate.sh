#!/bin/bash
# A data set in as many parts as there are tasks, each in a folder of its own, data-1 to data-16:
#   sbatch --array=1-16 generate.sh 16 data --preset cnn2 --count 1500000 --seed 1
# A task that was stopped goes on from its last whole file.
#SBATCH --job-name=takagi-generate
#SBATCH --cpus-per-task=4
#SBATCH --mem-per-cpu=500M
#SBATCH --time=30
#SBATCH --requeue
#SBATCH --open-mode=append
set -u
tasks=$1 folder=$2
shift 2
${TAKAGI:-npx takagi} generate --out "$folder-$SLURM_ARRAY_TASK_ID" --shard "$SLURM_ARRAY_TASK_ID/$tasks" \
  --workers "$SLURM_CPUS_PER_TASK" "$@"
