import ArgumentParser
import ZaichikProtocol
import ZaichikWords

/// `--from`: where a subscription starts.
struct StartText: ExpressibleByArgument, Equatable {
    var position: StartPosition

    static let forms =
        "new, connect, first, seq:N, time:2026-01-31, time:2026-01-31T12:00:00Z, time:MICROSECONDS or time:10m (ago)"

    init(_ position: StartPosition) { self.position = position }

    /// The option's text for this start.
    var defaultValueDescription: String {
        switch position {
        case .new: "new"
        case .connection: "connect"
        case .earliest: "first"
        case .sequence(let sequence): "seq:\(sequence)"
        case .time(let time): "time:\(time)"
        case .session: "session"
        }
    }

    init?(argument: String) { self.init(argument, now: TimeText.now) }

    /// - Parameter now: In µs since 1970 UTC.
    init?(_ text: String, now: UInt64) {
        switch text {
        case "new": position = .new
        case "connect": position = .connection
        case "first": position = .earliest
        case _ where text.hasPrefix("seq:"):
            guard let sequence = UInt64(text.dropFirst(4)) else { return nil }
            position = .sequence(sequence)
        case _ where text.hasPrefix("time:"):
            let time = String(text.dropFirst(5))
            if let number = UInt64(time) {
                position = .time(number)
            } else if let span = TimeSpan(argument: time) {
                let (ago, overflow) = span.milliseconds.multipliedReportingOverflow(by: 1000)
                position = .time(overflow || ago > now ? 0 : now - ago)
            } else if let date = TimeText.parse(time) ?? TimeText.parse(time + "T00:00:00Z") {
                position = .time(date)
            } else {
                return nil
            }
        default: return nil
        }
    }
}
