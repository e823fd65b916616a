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

    /// Where a look at a topic begins: at a message that there is.
    static func readKept(_ text: String) throws -> StartText {
        do {
            let start = try StartText(text)
            if case .position(let position) = start, position == .new || !position.canBeSought {
                throw Problem("that is no message of a topic")
            }
            return start
        } catch let problem as Problem {
            throw ValidationError("\(problem.text). Use one of: \(TopicPeekCommand.forms).")
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
            if let time = Moment.number(value) {
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
}
