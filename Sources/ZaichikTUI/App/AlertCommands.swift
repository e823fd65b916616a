/// Runs the commands of alerts, a few at once. They end when this program ends.
final class AlertCommands {
    private var running: [ChildProcess] = []

    /// More at once would be a rule that never ends.
    private static let most = 8

    /// Starts a command of the shell, which gets the sentence about the alert as `$1`.
    ///
    /// - Returns: Why it was not started; nil if it was.
    func start(_ command: String, about sentence: String) -> String? {
        running.removeAll { $0.hasEnded() }
        guard running.count < Self.most else {
            return "\(Self.most) commands of alerts still run: '\(command)' is not run"
        }
        // Its text would appear in the middle of the screen.
        let words = ["/bin/sh", "-c", "exec </dev/null >/dev/null 2>&1; " + command, "zaichik-tui", sentence]
        guard let child = ChildProcess(words) else { return "the command '\(command)' could not be started" }
        running.append(child)
        return nil
    }
}
