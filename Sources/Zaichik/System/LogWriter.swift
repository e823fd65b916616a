import DequeModule
import Dispatch
import Glibc
import Synchronization

/// Writes lines to a descriptor from a thread of its own, so that a reader that stops reading never blocks the threads
/// that log.
///
/// Up to ``capacity`` lines wait. Further ones are dropped and counted, and the count is written as soon as a line can
/// be.
final class LogWriter: Sendable {
    private struct State {
        var lines = Deque<LogLine>()
        var dropped = 0
        var isWriting = false
    }

    private let descriptor: Int32
    private let capacity: Int
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "zaichik.log")

    init(descriptor: Int32, capacity: Int = 1000) {
        self.descriptor = descriptor
        self.capacity = capacity
    }

    /// Has a line written, or drops it. Never waits for the reader.
    func write(_ line: LogLine) {
        let begins = state.withLock { state in
            guard state.lines.count < capacity else {
                state.dropped += 1
                return false
            }
            state.lines.append(line)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { thread.async { self.writeWaiting() } }
    }

    /// Waits until everything is written, but not longer than the time given.
    ///
    /// - Returns: Whether everything is written.
    @discardableResult
    func finish(within limit: Duration) -> Bool {
        let done = DispatchSemaphore(value: 0)
        thread.async { done.signal() }
        return done.wait(timeout: .now() + limit / Duration.seconds(1)) == .success
    }

    private func writeWaiting() {
        while let text = nextText() { write(text) }
    }

    /// Takes the lines that wait.
    ///
    /// - Returns: nil if there are none: the next line begins anew.
    private func nextText() -> String? {
        let (lines, dropped) = state.withLock { state in
            defer {
                state.isWriting = !state.lines.isEmpty
                state.lines.removeAll()
                state.dropped = 0
            }
            return (state.lines, state.dropped)
        }
        guard !lines.isEmpty else { return nil }
        var text = lines.map { $0.text + "\n" }.joined()
        // Lines are dropped only while others wait, so these came after all of them.
        if dropped > 0 { text += LogLine.dropped(dropped).text + "\n" }
        return text
    }

    /// Writes a text whole, or gives it up if the descriptor fails.
    private func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                } else if errno == EAGAIN {
                    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&entry, 1, -1)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
