"""Run every benchmark of this folder in turn, each in a process of its own so that none warms another's caches."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run the benchmarks named as arguments, or all; 1 where any failed."""
    folder = Path(__file__).parent
    names = sys.argv[1:] or sorted(path.stem for path in folder.glob("*.py") if not path.name.startswith("_"))
    unknown = [name for name in names if not (folder / f"{name}.py").is_file()]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)} in {folder.name}.", file=sys.stderr)
        return 1
    failed = []
    for name in names:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"{folder.name}.{name}"], cwd=folder.parent, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
