import ZaichikProtocol
import ZaichikWords

/// Judges a broker: what it drops or refuses now is critical, and how much of its limits is used has limits of its own.
struct BrokerCheck {
    /// In percent.
    var limits: CheckLimits

    func result(_ report: StatusReport) -> CheckResult {
        let uses = Self.uses(of: report.broker)
        let troubles = report.troubles.map {
            $0.sentence(report.broker, dropping: report.dropping, rejecting: report.rejecting)
        }
        let over = uses.filter { limits.level(of: $0.percent) > .ok }.map { use in
            "\(use.percent) % of the \(use.name) is used, more than \(limits.passed(by: use.percent)!) %"
        }
        let level = uses.map { limits.level(of: $0.percent) }.max() ?? .ok
        return CheckResult(
            subject: "broker", level: troubles.isEmpty ? level : .critical,
            text: troubles.isEmpty && over.isEmpty
                ? "drops and refuses nothing" : (troubles + over).joined(separator: "; "),
            figures: uses.map { CheckFigure(name: $0.name, value: $0.percent, unit: "%", limits: limits, most: 100) }
                + [CheckFigure(name: "lag", value: report.broker[.lagMessages])])
    }

    /// How much of each of its limits a broker uses, in percent.
    private static func uses(of broker: BrokerStatistics) -> [(name: String, percent: UInt64)] {
        let limits: [(String, BrokerFigure, BrokerFigure)] = [
            ("memory", .retainedBytes, .memoryLimit), ("connections", .connections, .connectionLimit),
            ("topics", .topics, .topicLimit), ("sessions", .sessions, .sessionLimit),
        ]
        return limits.compactMap { name, used, limit in
            guard broker[limit] > 0 else { return nil }
            return (name, UInt64((Double(broker[used]) / Double(broker[limit]) * 100).rounded()))
        }
    }
}
