import Foundation
import NIOCore
import Testing
import ZaichikProtocol

@testable import Zaichik
@testable import ZaichikClient

@Suite("Commands for the shell")
struct ShellCommandTests {
    /// As the program does at its start.
    init() { signal(SIGPIPE, SIG_IGN) }

    private func run(_ text: String, input: String = "", variables: [String] = []) -> ShellCommand.Ending {
        ShellCommand(Array(text.utf8)).run(
            input: ByteBuffer(string: input), variables: variables.map { Array($0.utf8) })
    }

    @Test("how it ended is told: its code, or the signal that killed it")
    func endings() {
        #expect(run("exit 0") == .exited(0) && run("exit 7") == .exited(7))
        #expect(run("kill -9 $$") == .killed(9) && run("kill -15 $$") == .killed(15))
        #expect(run("no-such-command-of-any-name 2>/dev/null") == .exited(127))
        #expect(ShellCommand.Ending.exited(3).description == "exit code 3")
        #expect(ShellCommand.Ending.killed(9).description == "killed by signal 9")
    }

    @Test("the message is at its standard input, as long as it may be and whether or not it is read")
    func input() {
        let long = String(repeating: "x", count: 1 << 20)
        #expect(run("test $(wc -c) = 1048576", input: long) == .exited(0))
        #expect(run("true", input: long) == .exited(0))
        #expect(run("test -z \"$(cat)\"") == .exited(0))
    }

    @Test("its environment has what is given, in place of what was there, and all the rest")
    func environment() {
        #expect(run("test \"$A\" = 'b c' && test -n \"$PATH\"", variables: ["A=b c"]) == .exited(0))
        #expect(run("test \"$PATH\" = x", variables: ["PATH=x"]) == .exited(0))
    }

    @Test("many at a time end as soon as they are done: none keeps the input of another open")
    func manyAtOnce() async {
        await withTaskGroup(of: ShellCommand.Ending.self) { group in
            for _ in 0..<16 { group.addTask { run("cat > /dev/null", input: "x") } }
            for await ending in group { #expect(ending == .exited(0)) }
        }
    }
}
