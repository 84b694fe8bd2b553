/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#define NULLMAIL_INSIDE

#include <libnullmail/version.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/base/error.h>
#include <libnullmail/document/main-cf.h>
#include <libnullmail/config/relay-host.h>
#include <libnullmail/config/relay-credentials.h>
#include <libnullmail/config/tls-level.h>
#include <libnullmail/config/setting-state.h>
#include <libnullmail/config/null-client-config.h>
#include <libnullmail/check/finding.h>
#include <libnullmail/store/credential-store.h>
#include <libnullmail/store/sasl-passwd-store.h>
#if NULLMAIL_HAS_SECRET_STORE
#include <libnullmail/store/secret-store.h>
#endif
#include <libnullmail/relay/probe-report.h>
#include <libnullmail/relay/relay-probe.h>
#include <libnullmail/queue/delay-cause.h>
#include <libnullmail/queue/queue-entry.h>
#include <libnullmail/queue/mail-queue.h>
#include <libnullmail/queue/delivery-report.h>
#include <libnullmail/postfix/service-control.h>
#include <libnullmail/plan/change.h>
#include <libnullmail/plan/plan.h>
#include <libnullmail/instance/postfix-instance.h>
#include <libnullmail/instance/plan-outcome.h>
#include <libnullmail/enum-types.h>

#undef NULLMAIL_INSIDE
