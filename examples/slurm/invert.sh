#!/bin/bash
# All scans of a list, as an array of tasks:
#   sbatch --array=1-20 invert.sh 20 files.txt results --material YSZ --hkl 4,0,0 --wavelength 1.5406
# The first word is the number of tasks, the second a file with a path a line, the third the folder of the results, which all
# tasks share. The same command again does what is missing, and nothing twice. docs/batches.md says how many tasks to take.
#SBATCH --job-name=takagi
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=1G
#SBATCH --time=30
#SBATCH --requeue
#SBATCH --open-mode=append
set -u
tasks=$1 list=$2 results=$3
shift 3

${TAKAGI:-npx takagi} batch --list "$list" --out "$results" --shard "$SLURM_ARRAY_TASK_ID/$tasks" \
  --workers "$SLURM_CPUS_PER_TASK" --resume "$@"
code=$?

# Slurm itself requeues after preemption and the death of a node. Here: after a kill, a full disk, a file system that was
# away. Wrong options (2) no second try can mend.
if [ "$code" -ne 0 ] && [ "$code" -ne 2 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
