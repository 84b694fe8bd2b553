# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Completion of nullmail(1) for bash. Options are those that the command itself lists, properties
# those that it shows, and codes those that it finds.

_nullmail_options () {
    nullmail "$@" --help 2>/dev/null |
        sed -n 's/^  \(-[^ ]*, \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

_nullmail () {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command="" word i
    local commands
    commands=$(nullmail --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
            --config-directory|--state-directory|--color) ((i++)) ;;
            -*) ;;
            *) command=$word; break ;;
        esac
    done

    COMPREPLY=()
    case $previous in
        --config-directory|--state-directory)
            mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
        --password-file|--tls-ca-file)
            mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        --color)
            mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$current"); return ;;
        --tls-level)
            mapfile -t COMPREPLY < <(compgen -W "none may encrypt dane dane-only fingerprint verify
                                                 secure" -- "$current"); return ;;
        --unset)
            mapfile -t COMPREPLY < <(compgen -W "$(nullmail show 2>/dev/null | cut -f1)" \
                                     -- "$current"); return ;;
    esac
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_nullmail_options ${command:+"$command"})" -- "$current")
        return
    fi

    case $command in
        '') mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current") ;;
        show) mapfile -t COMPREPLY < <(compgen -W "$(nullmail show 2>/dev/null | cut -f1)" \
                                       -- "$current") ;;
        plan|apply)
            [[ $current == *=* ]] ||
                mapfile -t COMPREPLY < <(compgen -S = -W "$(nullmail show 2>/dev/null | cut -f1)" \
                                         -- "$current")
            compopt -o nospace ;;
        fix) mapfile -t COMPREPLY < <(compgen -W "$(nullmail check 2>/dev/null |
                                                    sed -n 's/.* \[\([a-z-]*\)\]$/\1/p')" \
                                      -- "$current") ;;
        credentials) mapfile -t COMPREPLY < <(compgen -W "list set remove purge" -- "$current") ;;
        service) mapfile -t COMPREPLY < <(compgen -W "status start stop restart reload enable
                                                      disable" -- "$current") ;;
    esac
}

complete -F _nullmail nullmail
