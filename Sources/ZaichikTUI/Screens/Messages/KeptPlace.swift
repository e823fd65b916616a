import ZaichikProtocol
import ZaichikWords

/// A place in what a topic keeps, as it is typed.
enum KeptPlace {
    static let forms = "first, last, #500, 10m (ago), 14:30"

    /// Why a text is no topic with a place.
    struct Problem: Error {
        var text: String
    }

    /// A topic and a place behind it, which may be left out: then it is the last messages.
    ///
    /// - Parameters:
    ///   - now: By the broker's clock.
    ///   - offset: Local time's distance from UTC, in seconds.
    static func read(_ text: String, now: Moment, offset: Int) -> (topic: String, start: StartPosition?) {
        let words = text.split(separator: " ")
        guard let topic = words.first else { return ("", .last(UInt64(Browse.page))) }
        guard words.count > 1 else { return (String(topic), .last(UInt64(Browse.page))) }
        return (String(topic), words.count == 2 ? start(words[1], now, offset) : nil)
    }

    /// - Returns: nil if the text is no place.
    private static func start(_ text: Substring, _ now: Moment, _ offset: Int) -> StartPosition? {
        switch text.lowercased() {
        case "first": return .earliest
        case "last": return .last(UInt64(Browse.page))
        default: break
        }
        let digits = text.first == "#" ? text.dropFirst() : text
        if let sequence = UInt64(digits) { return .sequence(max(1, sequence)) }
        if let milliseconds = DurationText.milliseconds(text) {
            let (span, isTooLong) = milliseconds.multipliedReportingOverflow(by: 1000)
            return .time(isTooLong || span > now ? 0 : now - span)
        }
        return clock(text).map { .time(time($0, now, offset)) }
    }

    /// `14:30` or `14:30:05` in seconds; nil if it is no time of day.
    private static func clock(_ text: Substring) -> UInt64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ (1...2).contains($0.count) }) else { return nil }
        let numbers = parts.compactMap { UInt64($0) }
        guard numbers.count == parts.count, numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 }) else {
            return nil
        }
        return numbers[0] * 3600 + numbers[1] * 60 + (numbers.count > 2 ? numbers[2] : 0)
    }

    /// The last time that a clock showed that.
    private static func time(_ seconds: UInt64, _ now: Moment, _ offset: Int) -> Moment {
        let day = 86_400 * Int(Moment.second)
        let local = Int(now) + offset * Int(Moment.second)
        let today = local - local % day + Int(seconds) * Int(Moment.second)
        let time = (today <= local ? today : today - day) - offset * Int(Moment.second)
        return Moment(max(0, time))
    }
}
