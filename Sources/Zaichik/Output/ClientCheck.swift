import ZaichikProtocol
import ZaichikWords

/// Judges how far behind clients are: the worst of all, or of those that are named.
struct ClientCheck {
    /// What is judged.
    enum Subject: String {
        case lag
        case age
    }

    var subject: Subject
    var limits: CheckLimits

    /// - Parameters:
    ///   - clients: Those that are looked at.
    ///   - missing: Names that no client has.
    ///   - all: How many clients there are.
    func result(_ clients: [ClientStatistics], missing: [String] = [], all: UInt64) -> CheckResult {
        let worst = worst(of: clients)
        let value = worst.map(measured) ?? 0
        let levels = clients.map { limits.level(of: measured($0)) }
        var result = CheckResult(
            subject: subject.rawValue, level: missing.isEmpty ? levels.max() ?? .ok : .critical,
            text: text(worst, value), figures: [figure(value)])
        let over = levels.count { $0 > .ok }
        if over > 1 { result.text += "; \(over) clients are above a limit" }
        if !missing.isEmpty {
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            result.text = "no client is called \(names)" + (worst == nil ? "" : "; " + result.text)
        }
        result.figures += [CheckFigure(name: "over", value: UInt64(over)), CheckFigure(name: "clients", value: all)]
        return result
    }

    /// The client that is judged; nil if there are none.
    func worst(of clients: [ClientStatistics]) -> ClientStatistics? {
        clients.max { measured($0) < measured($1) }
    }

    private func measured(_ client: ClientStatistics) -> UInt64 {
        switch subject {
        case .lag: client[.lagMessages]
        case .age: client[.oldestAge] / 1000
        }
    }

    private func figure(_ value: UInt64) -> CheckFigure {
        switch subject {
        case .lag: CheckFigure(name: "lag", value: value, limits: limits)
        case .age: CheckFigure(name: "age", value: value, unit: "ms", limits: limits)
        }
    }

    private func text(_ client: ClientStatistics?, _ value: UInt64) -> String {
        guard let client, value > 0 else { return "nobody is behind" }
        let name = "\(client.name)#\(client.id) (\(client.state))"
        let limit = limits.passed(by: value)
        switch subject {
        case .lag:
            return "\(name) is \(value) messages behind" + (limit.map { ", more than \($0)" } ?? "")
        case .age:
            return "the oldest message of \(name) is \(Self.age(value)) old"
                + (limit.map { ", more than \(Self.age($0))" } ?? "")
        }
    }

    private static func age(_ milliseconds: UInt64) -> String {
        let (microseconds, isLong) = milliseconds.multipliedReportingOverflow(by: 1000)
        return FigureText.age(microseconds: isLong ? .max : microseconds)
    }
}
