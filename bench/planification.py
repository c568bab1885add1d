"""Planning a night, as a ratio to one SQL query that finds the same rows; peak memory at two sizes."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime

from bench.base import AU, base_jetable, entreprise_prete, garnir, memoire

PAR_CLIENT = 20
PART_DUE = 50  # one invoice in fifty is due


def mesurer(factures: int) -> dict[str, float]:
    """One night over this many open invoices, in this process."""
    with base_jetable():
        from factures.models import Echeance
        from relances.models import Relance
        from relances.planification import planifier

        entreprise = entreprise_prete()
        clients_dus = factures // PART_DUE
        garnir(entreprise, clients_dus, PAR_CLIENT, 1)
        garnir(entreprise, factures // PAR_CLIENT - clients_dus, PAR_CLIENT, 0)
        depart = memoire()
        requete = []
        for _ in range(5):
            debut = time.perf_counter()
            trouvees = list(Echeance.objects.de(entreprise).a_examiner(AU).values_list("pk", "client_id", "solde"))
            requete.append(time.perf_counter() - debut)
        debut = time.perf_counter()
        planifier(entreprise, AU, instant=datetime(2026, 11, 18, 4, tzinfo=UTC))
        nuit = time.perf_counter() - debut
        actes = Relance.objects.count()
        if actes != clients_dus or len(trouvees) != clients_dus:
            raise SystemExit(f"expected {clients_dus} acts, got {actes}")
        return {
            "factures": factures,
            "dues": clients_dus,
            "nuit_s": nuit,
            "requete_s": min(requete),
            "memoire_avant_mo": depart,
            "memoire_mo": memoire(),
        }


def main(tailles: list[int]) -> None:
    """A child process for each size, then the table."""
    for taille in tailles:
        fils = subprocess.run(
            [sys.executable, "-m", "bench.planification", "--une", str(taille)],
            check=True,
            capture_output=True,
            text=True,
        )
        m = json.loads(fils.stdout.splitlines()[-1])
        print(
            f"{m['factures']:>7} open, {m['dues']:>5} due: night {m['nuit_s']:.1f} s"
            f" = {m['nuit_s'] / m['dues'] * 1000:.1f} ms an act,"
            f" {m['nuit_s'] / m['requete_s']:.0f} × the query that finds the rows ({m['requete_s'] * 1000:.1f} ms);"
            f" peak memory {m['memoire_mo']:.0f} MB ({m['memoire_avant_mo']:.0f} MB before the night)"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--une"]:
        print(json.dumps(mesurer(int(sys.argv[2]))))
    else:
        main([int(t) for t in sys.argv[1:]] or [10_000, 100_000])
