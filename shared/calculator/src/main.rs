//! The program `calculator`; what it does is in the library.

fn main() -> std::process::ExitCode {
    calculator::command()
}
