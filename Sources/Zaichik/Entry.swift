import ArgumentParser
import Glibc
import ZaichikClient
import ZaichikSystem

@main
enum Entry {
    @MainActor
    static func main() async {
        StandardDescriptors.open()
        // A reader that went away shows as EPIPE where output is written, and that is handled.
        signal(SIGPIPE, SIG_IGN)
        let words = ArgumentText.own
        if CommandPlace.isCompletion(words) { complete(words) }
        let work = Task { () -> Int32 in
            var path = "zaichik"
            do {
                var command = try RootCommand.parseAsRoot(CommandPlace.read(words, path: &path))
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
                return ExitStatus.success
            } catch {
                return report(error, path)
            }
        }
        if !ServeCommand.handlesSignals(CommandLine.arguments) { Interruption.begin { work.cancel() } }
        let status = await work.value
        exit(Interruption.status ?? status)
    }

    /// Prints what a shell may complete. On the main thread: names are waited for, and the threads of tasks are needed for
    /// that.
    @MainActor
    private static func complete(_ words: [String]) -> Never {
        do {
            _ = try RootCommand.parseAsRoot(words)
            exit(ExitStatus.success)
        } catch {
            RootCommand.exit(withError: error)
        }
    }

    /// Tells what went wrong.
    ///
    /// - Parameter path: The command, such as `zaichik topic create`.
    /// - Returns: The exit code.
    private static func report(_ error: any Error, _ path: String) -> Int32 {
        switch error {
        case is OutputClosed: return ExitStatus.success
        case let failure as CommandFailure: return report(failure.status, failure.message, path)
        case let error as ClientError: return report(CommandFailure.status(of: error.code), error.message, path)
        case is CancellationError: return ExitStatus.interrupted
        case let code as ExitCode: return code.rawValue
        default:
            // Help and versions come as errors, too.
            guard RootCommand.exitCode(for: error) != .success else { RootCommand.exit(withError: error) }
            return report(ExitStatus.usage, UsageText.line(of: error), path)
        }
    }

    private static func report(_ status: Int32, _ message: String, _ path: String) -> Int32 {
        if !Interruption.wasInterrupted {
            StandardError.say(status == ExitStatus.usage ? UsageText.complete(message, path: path) : message)
        }
        return status
    }
}
