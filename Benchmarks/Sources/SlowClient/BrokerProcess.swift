import Foundation
import ZaichikClient

/// A broker in a process of its own, so that its processor time and memory are its alone: this program again, told
/// to serve.
final class BrokerProcess {
    static let serveArgument = "--serve"

    private let process = Process()
    let address: BrokerAddress

    init() throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = [Self.serveArgument]
        process.standardOutput = output
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            line += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        }
        address = BrokerAddress(host: "127.0.0.1", port: Int(line.dropLast()) ?? 0)
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// User and system time so far, in seconds.
    var processorTime: Double {
        let fields = stat.split(separator: " ")
        // Fields 14 and 15 of proc(5), two of which are before the name's closing parenthesis.
        return (Double(fields[11]) ?? 0) / 100 + (Double(fields[12]) ?? 0) / 100
    }

    /// Resident memory, in bytes.
    var memory: Int { (Int(stat.split(separator: " ")[21]) ?? 0) * 4096 }

    private var stat: Substring {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
        return text[(text.lastIndex(of: ")") ?? text.startIndex)...].dropFirst()
    }
}
