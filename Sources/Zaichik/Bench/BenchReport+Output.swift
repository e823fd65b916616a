import NIOCore
import ZaichikWords

extension BenchReport {
    private var latencyOrigin: String { plan.rate > 0 ? "due" : "publish" }

    /// For the eye.
    var lines: [String] {
        var lines = [
            "\(shape.rawValue): \(plan.summary)",
            "broker at \(broker), version \(SafeText.escaped(brokerVersion))"
                + (isBrokerPrivate ? ", in this process: broker and generator share its processors" : ""),
            "\(extentText); topics \(prefix).*", "",
        ]
        lines += flowTable.lines(aligned: true)
        if confirmLatency != nil || deliveryLatency != nil {
            lines += [""] + latencyTable.lines(aligned: true)
            lines.append(latencyText)
        }
        lines += [""] + outcomeLines
        return lines
    }

    private var latencyText: String {
        if plan.rate > 0 { return "latency counts from when a message was due, so that no wait is left out" }
        let text = "latency counts from publishing"
        return plan.window > 1 ? text + ", with windows full; --rate gives that of a steady load" : text
    }

    private var extentText: String {
        let duration = FigureText.duration(microseconds: max(published.duration, delivered.duration) / 1000)
        var text = wasInterrupted ? "interrupted after \(duration)" : "measured for \(duration)"
        if plan.warmUp.milliseconds > 0 { text += " after \(plan.warmUp.text) of warm-up" }
        return text
    }

    private var flowTable: Table {
        var table = Table(head: ["", "messages", "messages/s", "MB/s"])
        func row(_ name: String, _ flow: Flow) -> [Table.Cell] {
            [
                .text(name), .number(flow.messages),
                .number(UInt64(flow.messagesPerSecond), shown: RateText.text(flow.messagesPerSecond)),
                .number(flow.bytesPerSecond, shown: Self.megabytes(flow.bytesPerSecond)),
            ]
        }
        if plan.publishers > 0 { table.rows.append(row("published", published)) }
        if plan.subscribers > 0 { table.rows.append(row("delivered", delivered)) }
        return table
    }

    /// Millions of bytes, with a tenth.
    static func megabytes(_ bytes: UInt64) -> String {
        let tenths = (bytes + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10)"
    }

    private var latencyTable: Table {
        var table = Table(head: ["latency"] + LatencySummary.percentiles.map(\.name) + ["max"])
        for (name, summary) in [("to delivery", deliveryLatency), ("to confirmation", confirmLatency)] {
            guard let summary else { continue }
            table.rows.append(
                [.text(name)]
                    + (summary.values + [summary.maximum]).map {
                        .number($0, shown: FigureText.duration(microseconds: $0))
                    })
        }
        return table
    }

    private var outcomeLines: [String] {
        var lines: [String] = []
        if plan.subscribers > 0 { lines.append(Self.text(outcome)) }
        if refused > 0 { lines.append("\(refused) refused") }
        if plan.slow > 0 {
            lines.append(
                "slow subscribers: \(slowCommitted) committed, lag \(slowLags.min() ?? 0) to \(slowLags.max() ?? 0) "
                    + "messages, oldest \(FigureText.duration(microseconds: slowOldestAge)), "
                    + "\(slowOutcome.gaps) in gaps told")
        }
        if plan.rate > 0, plan.publishers > 0, !published.hasReached(plan.rate) {
            lines.append("the rate asked for was not reached: broker or generator is too slow for it here")
        }
        return lines
    }

    /// For machines: every figure with its unit in its name.
    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("shape", shape.rawValue)
        buffer.writeField("broker", broker)
        buffer.writeField("broker_version", brokerVersion)
        buffer.writeField("broker_in_process", isBrokerPrivate)
        buffer.writeField("topic_prefix", prefix)
        writePlan(to: &buffer)
        buffer.writeField("interrupted", wasInterrupted)
        for (name, flow) in [("published", published), ("delivered", delivered)] {
            buffer.writeField("\(name)_messages", flow.messages)
            buffer.writeField("\(name)_us", flow.duration / 1000)
            buffer.writeField("\(name)_messages_per_second", number: RateText.text(flow.messagesPerSecond))
            buffer.writeField("\(name)_bytes_per_second", flow.bytesPerSecond)
        }
        buffer.writeField("latency_from", latencyOrigin)
        write(deliveryLatency, "delivery_latency", to: &buffer)
        write(confirmLatency, "confirm_latency", to: &buffer)
        buffer.writeField("lost_messages", outcome.lost)
        buffer.writeField("duplicated_messages", outcome.duplicated)
        buffer.writeField("reordered_messages", outcome.reordered)
        buffer.writeField("gap_messages", outcome.gaps)
        buffer.writeField("foreign_messages", outcome.foreign)
        buffer.writeField("refused_messages", refused)
        buffer.writeField("slow_committed_messages", slowCommitted)
        buffer.writeField("slow_least_lag_messages", slowLags.min() ?? 0)
        buffer.writeField("slow_most_lag_messages", slowLags.max() ?? 0)
        buffer.writeField("slow_oldest_age_us", slowOldestAge)
        buffer.writeField("slow_gap_messages", slowOutcome.gaps)
        if let problem { buffer.writeField("problem", problem) } else { buffer.writeNull("problem") }
    }

    private func writePlan(to buffer: inout ByteBuffer) {
        let counts: [(String, Int)] = [
            ("publishers", plan.publishers), ("subscribers", plan.subscribers), ("slow_subscribers", plan.slow),
            ("idle_connections", plan.idle), ("topics", plan.topics), ("generator_loops", plan.loops),
            ("payload_bytes", plan.size),
        ]
        for (name, count) in counts { buffer.writeField(name, UInt64(count)) }
        buffer.writeField("all_topics", plan.readsAllTopics)
        buffer.writeField("shared_session", plan.sharesSession)
        buffer.writeField("unconfirmed", plan.publishesUnconfirmed)
        buffer.writeField("auto_commit", plan.commitsBySending)
        buffer.writeField("keys", plan.hasKeys)
        buffer.writeField("asked_messages_per_second", number: RateText.text(plan.rate))
        buffer.writeField("window_messages", plan.window)
        buffer.writeField("subscriber_window_messages", UInt64(plan.subscriberWindow))
        buffer.writeField("backlog_messages", plan.backlog)
        buffer.writeField("slow_commit_delay_us", plan.slowDelay.milliseconds * 1000)
        buffer.writeField("warm_up_us", plan.warmUp.milliseconds * 1000)
    }

    private func write(_ summary: LatencySummary?, _ name: String, to buffer: inout ByteBuffer) {
        for (place, percentile) in LatencySummary.percentiles.enumerated() {
            let field = "\(name)_\(percentile.field)_us"
            if let summary { buffer.writeField(field, summary.values[place]) } else { buffer.writeNull(field) }
        }
        if let summary {
            buffer.writeField("\(name)_max_us", summary.maximum)
        } else {
            buffer.writeNull("\(name)_max_us")
        }
    }
}
