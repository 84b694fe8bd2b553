#compdef nullmail
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Completion of nullmail(1) for zsh. Options are those that the command itself lists, properties
# those that it shows, and codes those that it finds.

_nullmail_options () {
    local -a options
    options=(${(f)"$(nullmail "$@" --help 2>/dev/null |
        sed -n 's/^  \(-[^ ]*, \)\{0,1\}\(--[a-z-]*\)[^ ]*  *\(.*\)/\2:\3/p')"})
    _describe option options
}

_nullmail () {
    local command word previous=${words[CURRENT-1]} i
    local -a commands properties
    for ((i = 2; i < CURRENT; i++)); do
        word=${words[i]}
        case $word in
            --config-directory|--state-directory|--color) ((i++)) ;;
            -*) ;;
            *) command=$word; break ;;
        esac
    done

    case $previous in
        --config-directory|--state-directory) _files -/; return ;;
        --password-file|--tls-ca-file) _files; return ;;
        --color) compadd auto always never; return ;;
        --tls-level) compadd none may encrypt dane dane-only fingerprint verify secure; return ;;
    esac
    properties=(${(f)"$(nullmail show 2>/dev/null | cut -f1)"})
    if [[ $previous == --unset ]]; then
        compadd $properties
        return
    fi
    if [[ ${words[CURRENT]} == -* ]]; then
        _nullmail_options $command
        return
    fi

    case $command in
        '')
            commands=(${(f)"$(nullmail --help 2>/dev/null |
                sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  *\(.*\)/\1:\2/p')"})
            _describe command commands ;;
        show) compadd $properties ;;
        plan|apply) compadd -S = $properties ;;
        fix)
            compadd $(nullmail check 2>/dev/null | sed -n 's/.* \[\([a-z-]*\)\]$/\1/p') ;;
        credentials) compadd list set remove purge ;;
        service) compadd status start stop restart reload enable disable ;;
    esac
}

_nullmail "$@"
