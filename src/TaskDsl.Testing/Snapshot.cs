using System.Runtime.CompilerServices;
using System.Text;
using DiffEngine;

namespace TaskDsl.Testing;

/// <summary>
/// Holds texts against <c>*.verified.*</c> files beside the test, in Verify's naming. A text that differs is written to
/// <c>*.received.*</c> and, on a developer's machine, opened in the diff tool that DiffEngine finds; the test fails with the difference.
/// With <c>TASKDSL_ACCEPT_SNAPSHOTS=true</c> in the environment (never in CI) what is received becomes what is verified.
/// </summary>
public static class Snapshot
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static bool Accepts =>
        !BuildServerDetector.Detected
        && string.Equals(Environment.GetEnvironmentVariable("TASKDSL_ACCEPT_SNAPSHOTS"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Holds a text against <c>Class.Method.verified.&lt;extension&gt;</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="extension">The snapshot's extension. Default: <c>txt</c>.</param>
    /// <param name="parameters">What tells the cases of a theory apart: it is put behind the method's name. Default: nothing.</param>
    /// <param name="sourceFile">The test's file; the compiler gives it. Its name is taken for the class.</param>
    /// <param name="method">The test's method; the compiler gives it.</param>
    /// <exception cref="SnapshotException">The text differs, or there is no snapshot yet.</exception>
    public static void Verify(
        string text,
        string extension = "txt",
        string parameters = "",
        [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string method = ""
    ) => VerifyAll(new Dictionary<string, (string, string)> { [""] = (extension, text) }, parameters, sourceFile, method);

    /// <summary>Holds all the texts of a test against its snapshots; a snapshot of which nothing is received fails, too.</summary>
    internal static void VerifyAll(
        IReadOnlyDictionary<string, (string Extension, string Text)> texts,
        string parameters,
        string sourceFile,
        string method
    )
    {
        var folder = Path.GetDirectoryName(sourceFile) ?? "";
        if (!Directory.Exists(folder))
            throw new SnapshotException(
                $"There is no folder '{folder}' to look for snapshots in: the compiler rewrote the test's path. Import "
                    + "TaskDsl.Testing's props, or set DeterministicSourcePaths to false."
            );
        var name = $"{Path.GetFileNameWithoutExtension(sourceFile)}.{method}{(parameters.Length > 0 ? "_" + Safe(parameters) : "")}";

        var failures = new List<string>();
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (part, (extension, text)) in texts.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            var path = Path.Combine(folder, name + Safe(part));
            expected.Add($"{path}.verified.{extension}");
            if (Compare($"{path}.verified.{extension}", $"{path}.received.{extension}", Normal(text)) is { } failure)
                failures.Add(failure);
        }

        foreach (
            var stale in Directory
                .EnumerateFiles(folder, $"{name}*.verified.*")
                .Where(path => IsOf(name, path) && !expected.Contains(path))
                .Order(StringComparer.Ordinal)
        )
        {
            if (Accepts)
                File.Delete(stale);
            else
                failures.Add($"{Path.GetFileName(stale)}: nothing like it was received. Delete it if that is right.");
        }

        if (failures.Count > 0)
            throw new SnapshotException(
                $"{string.Join("\n\n", failures)}\n\nTo accept what was received: TASKDSL_ACCEPT_SNAPSHOTS=true, or rename "
                    + "*.received.* to *.verified.*."
            );
    }

    private static string? Compare(string verified, string received, string text)
    {
        var before = File.Exists(verified) ? Normal(File.ReadAllText(verified)) : null;
        if (before == text)
        {
            File.Delete(received);
            DiffRunner.Kill(received, verified);
            return null;
        }

        if (Accepts)
        {
            File.WriteAllText(verified, text, Utf8);
            File.Delete(received);
            return null;
        }

        File.WriteAllText(received, text, Utf8);
        if (!BuildServerDetector.Detected)
            DiffRunner.Launch(received, verified, Utf8);
        var name = Path.GetFileName(verified);
        return before is null
            ? $"{name} does not exist yet. Received:\n{Clip(text)}"
            : $"{name} differs (- verified, + received):\n{TextDiff.Unified(before, text)}";
    }

    // Class.Method.verified.txt and Class.Method#Hint.verified.cs, but not Class.MethodOther.verified.txt.
    private static bool IsOf(string name, string path) => Path.GetFileName(path)[name.Length] is '.' or '#';

    private static string Normal(string text) => text.TrimStart('\uFEFF').ReplaceLineEndings("\n");

    private static string Clip(string text) => text.Length <= 4000 ? text : text[..4000] + "…";

    private static string Safe(string part) =>
        string.Concat(
            part.Select(c => Path.GetInvalidFileNameChars().Contains(c) || c is ':' or '*' or '?' or '<' or '>' or '|' or '"' ? '_' : c)
        );
}
