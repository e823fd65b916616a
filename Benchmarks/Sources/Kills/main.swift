// What a shared session is worth: its workers die by SIGKILL at random moments while messages pass through it. None may be
// lost, and none may be done twice but those that were in flight at a kill.
//
//     swift run -c release Kills [--messages 1000000] [--workers 6] [--window 64] [--pause 60] [--seed N]
//
// Exit code 0 if that holds, else 1.
import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    if arguments.first == "worker" {
        try await WorkerProcess(arguments: arguments.dropFirst()).run()
    } else {
        let report = try await KillRun(options: KillOptions(arguments)).run()
        print(report.text)
        exit(report.holds ? 0 : 1)
    }
} catch {
    FileHandle.standardError.write(Data("kills: \(error)\n".utf8))
    exit(1)
}
