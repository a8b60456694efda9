/**
 * What `fullstop diagnose --init` writes: a small history of an invented operator that already gives a report, with a
 * comment at each place where somebody has to put their own.
 */
export const starterHistory: string = `# An incident history for \`fullstop diagnose\`. Replace what is here with your own; it is an example that works as it is.
#
#   fullstop diagnose --incidents incidents.yaml --report report.html
#
# Every fact names who says so (sources). Leave out what you do not know: a gap is shown, and caps a level, but is no
# error. Times need their zone (2026-03-02T11:30:00Z); where only the day or month is known, write just that.

# Whose operation this is, and all platforms that serve the model.
subject:
  name: Example Shop
  product: Support assistant
  platforms: [anthropic, bedrock]

# The day up to which this history goes.
asOf: 2026-06-30

# Totals for the whole period, whether described below or not. Shares are of these, so that leaving something out
# cannot make a level higher.
period:
  from: 2026-01-01
  to: 2026-06-30
  incidents: 2
  remediations: 2
  changes: 14
  sources: [log]

# type: primary (your own word), secondary (someone who reports on you), monitoring (someone who measures you from outside).
sources:
  - { id: log, type: primary, title: "Our incident log, 2026", usedFor: "Times of events, changes and repairs" }
  - { id: tickets, type: primary, title: "Support tickets", usedFor: "First user reports" }

incidents:
  - id: half-answers
    title: Answers that ended in mid-sentence
    # The kind of failure, in your own words. Incidents that share it are a recurrence.
    class: truncated answers
    cause:
      kind: change            # change, defect, demand, dependency or unknown
      text: A new output limit cut long answers.
      status: confirmed       # confirmed (by yourselves), reported (by others) or suspected
      sources: [log]
    events:
      # introduced, amplified, impact, user-report, detected, acknowledged, mitigated, fixed, resurfaced, verified, communicated
      - { at: 2026-02-03T09:00:00Z, kind: introduced, text: The limit was deployed, validated: some-platforms, sources: [log] }
      # first: true says that nobody reported it earlier. Only then can a detection be proven to have led.
      - { at: 2026-02-03T15:10:00Z, kind: user-report, first: true, text: First ticket, sources: [tickets] }
      # by: monitoring, evaluation, staff, users or third-party
      - { at: 2026-02-04T08:30:00Z, kind: detected, by: staff, text: An engineer read the tickets, sources: [log] }
      - { at: 2026-02-04T10:00:00Z, kind: fixed, text: The limit was taken back, sources: [log] }
    sources: [log]

  - id: slow-model
    title: Provider answered too slowly
    class: overload
    events:
      - { at: 2026-05-11T13:00:00Z, kind: impact, text: Answers took more than a minute, sources: [log] }
      - { at: 2026-05-11T13:04:00Z, kind: detected, by: monitoring, text: Latency alert, sources: [log] }
      - { at: 2026-05-11T14:20:00Z, kind: fixed, text: Traffic moved to the second platform, sources: [log] }
    sources: [log]

# What is in place. kind: standard, gate, evaluation, monitoring, observability, capacity-planning, change-notice, threshold.
# state: in-place, partial, announced or absent. Only what is in place lifts a level.
practices:
  - id: tone-guide
    kind: standard
    text: A page describes what a good answer is.
    state: in-place
    covers: [output-quality]  # and/or availability
    written: true
    measurable: false         # does it state tolerances that a machine can check?
    enforced: false           # is a change that breaks it kept from serving?
    sources: [log]
  - id: test-prompts
    kind: evaluation
    text: Forty prompts are run before each deployment.
    state: in-place
    runsOn: before-deployment # or beside-production, or production-traffic
    when: per-change          # or periodic, or continuous
    sources: [log]
  - id: alerts
    kind: monitoring
    text: Errors and latency raise an alert.
    state: in-place
    watches: [infrastructure, errors]  # and/or output-quality
    automatic: true
    sources: [log]

# What was promised after incidents.
remediations:
  - { id: limit-check, text: Test long answers before deployment, incidents: [half-answers], owner: Kim, due: 2026-03-01, state: closed, closed: 2026-02-27, sources: [log] }
  - { id: latency-gate, text: Move traffic by itself when answers are slow, incidents: [slow-model], owner: Ana, due: 2026-08-01, state: open, sources: [log] }

# Also: demand (growth that was visible), limitChanges (and when callers were told), costs (declared ones; none is ever
# estimated), observations, claims (your own conclusions, held to the rules). docs/diagnosis.md describes them all.
`
