import ArgumentParser
import Glibc
import ZaichikClient
import ZaichikSystem

@main
enum Entry {
    static func main() async {
        StandardDescriptors.open()
        // A reader that went away shows as EPIPE where output is written, and that is handled.
        signal(SIGPIPE, SIG_IGN)
        let work = Task { () -> Int32 in
            do {
                if let complaint = UnknownCommand.complaint(Array(CommandLine.arguments.dropFirst())) {
                    throw CommandFailure(ExitStatus.usage, complaint)
                }
                var command = try RootCommand.parseAsRoot()
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
                return ExitStatus.success
            } catch {
                return report(error)
            }
        }
        if !ServeCommand.handlesSignals(CommandLine.arguments) { Interruption.begin { work.cancel() } }
        let status = await work.value
        exit(Interruption.wasInterrupted ? ExitStatus.interrupted : status)
    }

    /// Tells what went wrong.
    ///
    /// - Returns: The exit code.
    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case is OutputClosed: return ExitStatus.success
        case let failure as CommandFailure:
            if !Interruption.wasInterrupted { StandardError.say(failure.message) }
            return failure.status
        case let error as ClientError:
            if !Interruption.wasInterrupted { StandardError.say(error.message) }
            return CommandFailure.status(of: error.code)
        case is CancellationError: return ExitStatus.interrupted
        default: RootCommand.exit(withError: error)
        }
    }
}
