using System.Runtime.CompilerServices;
using System.Text;
using DiffEngine;

namespace TaskDsl.Testing;

/// <summary>
/// Holds texts against <c>*.verified.*</c> files beside the test, in Verify's naming. A text that differs is written to
/// <c>*.received.*</c> and, on a developer's machine with a display, opened in the diff tool that DiffEngine finds; the test fails with the
/// difference. With <c>TASKDSL_ACCEPT_SNAPSHOTS=true</c> in the environment what is received becomes what is verified; never in CI, which
/// sets <c>CI=true</c> or what its server is known by.
/// </summary>
public static class Snapshot
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static bool Accepts => Surroundings.IsSet("TASKDSL_ACCEPT_SNAPSHOTS") && !Surroundings.IsBuildServer;

    private static bool ShowsDifferences => Surroundings.HasDisplay && !Surroundings.IsBuildServer;

    /// <summary>Holds a text against <c>Class.Method.verified.&lt;extension&gt;</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="extension">The snapshot's extension. Default: <c>txt</c>.</param>
    /// <param name="parameters">What tells the cases of a theory apart: it is put behind the method's name. Default: nothing.</param>
    /// <param name="sourceFile">The test's file; the compiler gives it. The class that has the method in it gives its name.</param>
    /// <param name="method">The test's method; the compiler gives it.</param>
    /// <param name="line">The line of the call; the compiler gives it.</param>
    /// <exception cref="SnapshotException">
    /// The text differs, there is no snapshot yet, there is one of a case that the theory has no more, or it is another test's.
    /// </exception>
    public static void Verify(
        string text,
        string extension = "txt",
        string parameters = "",
        [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string method = "",
        [CallerLineNumber] int line = 0
    ) => VerifyAll(new Dictionary<string, (string, string)> { [""] = (extension, text) }, parameters, sourceFile, method, line);

    /// <summary>Holds all the texts of a test against its snapshots; a snapshot of which nothing is received fails, too.</summary>
    internal static void VerifyAll(
        IReadOnlyDictionary<string, (string Extension, string Text)> texts,
        string parameters,
        string sourceFile,
        string method,
        int line
    )
    {
        var folder = Path.GetDirectoryName(sourceFile) ?? "";
        if (!Directory.Exists(folder))
            throw new SnapshotException(
                $"There is no folder '{folder}' to look for snapshots in: the compiler rewrote the test's path. Import "
                    + "TaskDsl.Testing's props, or set DeterministicSourcePaths to false."
            );
        var source = TestSource.Of(sourceFile);
        var type = source.ClassOf(method, line);
        var name = $"{type}.{method}{(parameters.Length > 0 ? "_" + Safe(parameters) : "")}";

        var failures = new List<string>();
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (part, (extension, text)) in texts.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            var path = Path.Combine(folder, name + Safe(part));
            expected.Add($"{path}.verified.{extension}");
            new SnapshotUse($"{type}.{method}{(parameters.Length > 0 ? $"({parameters})" : "")}{part}", line, Normal(text)).Of(
                $"{path}.verified.{extension}"
            );
            if (Compare($"{path}.verified.{extension}", $"{path}.received.{extension}", Normal(text)) is { } failure)
                failures.Add(failure);
        }

        bool IsStale(string path) =>
            IsOf(name, path)
                ? !expected.Contains(path)
                : source.IsGone(
                    type,
                    method,
                    parameters,
                    Path.GetFileName(path)[(type.Length + 1)..].Split(".verified.")[0].Split('#')[0],
                    Safe
                );
        foreach (var stale in Directory.EnumerateFiles(folder, $"{type}.{method}*.verified.*").Where(IsStale).Order(StringComparer.Ordinal))
        {
            if (Accepts)
                File.Delete(stale);
            else
                failures.Add(
                    $"{Path.GetFileName(stale)}: nothing like it was received, and no case of a theory has it. Delete it if that is right."
                );
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
            if (File.Exists(received) && ShowsDifferences)
                DiffRunner.Kill(received, verified);
            File.Delete(received);
            return null;
        }

        if (Accepts)
        {
            File.WriteAllText(verified, text, Utf8);
            File.Delete(received);
            return null;
        }

        File.WriteAllText(received, text, Utf8);
        if (ShowsDifferences)
            DiffRunner.Launch(received, verified, Utf8);
        var name = Path.GetFileName(verified);
        return before is null
            ? $"{name} does not exist yet. Received:\n{Clip(text)}"
            : $"{name} differs (- verified, + received):\n{TextDiff.Unified(before, text)}";
    }

    // Class.Method.verified.txt and Class.Method#Hint.verified.cs, but not Class.MethodOther.verified.txt.
    private static bool IsOf(string name, string path) =>
        Path.GetFileName(path) is var file && file.StartsWith(name, StringComparison.Ordinal) && file[name.Length] is '.' or '#';

    private static string Normal(string text) => text.TrimStart('\uFEFF').ReplaceLineEndings("\n");

    private static string Clip(string text) => text.Length <= 4000 ? text : text[..4000] + "…";

    private static string Safe(string part) =>
        string.Concat(
            part.Select(c => Path.GetInvalidFileNameChars().Contains(c) || c is ':' or '*' or '?' or '<' or '>' or '|' or '"' ? '_' : c)
        );
}
