"""What a meeting was like, for people who have to find out why.

`report.Marks` keeps the first moment of each thing that matters; `freeze.FreezeMeter` counts what a person saw stand
still; `report.Report` gathers both with the statistics handed over by the engine and is written as JSON, also when the
meeting failed.
"""
