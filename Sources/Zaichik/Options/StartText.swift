import ArgumentParser
import ZaichikProtocol

/// `--from`: where a subscription starts.
enum StartText: Equatable {
    case position(StartPosition)
    /// With the last messages of each topic, so many.
    case last(UInt64)
    /// So long ago, by the broker's clock.
    case ago(TimeSpan)
    case time(CivilTime)

    static let forms =
        "new, connect, first, last:N, last-per-key, seq:N, time:2026-01-31, time:2026-01-31T12:00:00Z, time:1767225600 or time:10m (ago)"

    private struct Problem: Error {
        var text: String

        init(_ text: String) { self.text = text }
    }

    static func read(_ text: String) throws -> StartText {
        do {
            return try StartText(text)
        } catch let problem as Problem {
            throw ValidationError(
                "\(problem.text). Use one of: new, first, last:N, last-per-key, seq:N, time:T, connect.")
        }
    }

    /// Where a session is moved to: any start that does not need a subscription.
    static func readSeek(_ text: String) throws -> StartText {
        do {
            let start = try StartText(text)
            if case .position(let position) = start, !position.canBeSought {
                throw Problem("a session cannot be moved there")
            }
            return start
        } catch let problem as Problem {
            throw ValidationError("\(problem.text). Use one of: \(SessionSeekCommand.forms).")
        }
    }

    private init(_ text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1]) : nil
        switch (parts[0], value) {
        case ("new", nil): self = .position(.new)
        case ("connect", nil): self = .position(.connection)
        case ("first", nil): self = .position(.earliest)
        case ("last-per-key", nil): self = .position(.lastOfEachKey)
        case ("last", let value?):
            guard let count = UInt64(value) else { throw Problem("last needs a number: last:10") }
            self = .last(count)
        case ("seq", let value?):
            guard let sequence = UInt64(value) else { throw Problem("seq needs a number: seq:7") }
            self = .position(.sequence(sequence))
        case ("time", let value?):
            if let time = Self.sinceEpoch(value) {
                self = .position(.time(time))
            } else if let span = TimeSpan(argument: value) {
                self = .ago(span)
            } else {
                do throws(CivilTime.Problem) {
                    self = .time(try CivilTime(reading: value))
                } catch {
                    throw Problem(error.text)
                }
            }
        case ("last", nil): throw Problem("last needs a number: last:10")
        case ("seq", nil): throw Problem("seq needs a number: seq:7")
        case ("time", nil): throw Problem("time needs a time: time:10m or time:2026-01-31")
        case ("new", _), ("first", _), ("connect", _), ("last-per-key", _): throw Problem("\(parts[0]) takes no value")
        default: throw Problem("there is no such start")
        }
    }

    /// A number since 1970 in µs. Its size tells its unit: s up to 11 digits, then ms, µs and ns.
    private static func sinceEpoch(_ text: String) -> UInt64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let number = UInt64(parts[0])
        else { return nil }
        if parts.count > 1 {
            // Only seconds have a fraction.
            guard number < 100_000_000_000, let fraction = UInt64((parts[1] + "000000").prefix(6)) else { return nil }
            return number * 1_000_000 + fraction
        }
        switch number {
        case ..<100_000_000_000: return number * 1_000_000
        case ..<100_000_000_000_000: return number * 1000
        case ..<100_000_000_000_000_000: return number
        default: return number / 1000
        }
    }
}
