#!/usr/bin/env bash
# See that the programs that tests drive are there: a browser, a speech synthesiser, PostgreSQL, TeX, proxies.
set -euo pipefail

missing=()
have() { command -v "$1" >/dev/null; }

have chromium || have chromium-browser || have google-chrome || missing+=(chromium)
have espeak-ng || missing+=(espeak-ng)
have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
have nginx || [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
have caddy || missing+=(caddy)
have pdflatex && kpsewhich booktabs.sty >/dev/null || missing+=(texlive-latex-base texlive-latex-recommended)
[ ${#missing[@]} -eq 0 ] || scripts/system-packages.sh "${missing[@]}"
