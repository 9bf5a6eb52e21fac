using System.Diagnostics;
using System.Text;

namespace TaskDsl.Generators.Tests.Packaging;

/// <summary>
/// A desk of the template with a library behind it, published and run where nothing else lies: without its sources, without NuGet's folder,
/// in an empty environment, which of .NET has the runtime at most.
/// </summary>
[Trait("Category", "Long")]
public sealed class PublishingTests(Feed feed) : IClassFixture<Feed>
{
    // Of runtime packs only .NET's own is restored with this repository.
    private const string Runtime = "-p:DisableTransitiveFrameworkReferenceDownloads=true";

    [Theory]
    [InlineData("framework", "--no-self-contained")]
    [InlineData("self-contained", "--self-contained")]
    [InlineData("single-file", "--self-contained", "-p:PublishSingleFile=true")]
    [InlineData("trimmed", "--self-contained", "-p:PublishTrimmed=true", "-p:TrimMode=partial", "-p:TrimmerRemoveSymbols=true")]
    public void It_works_in_an_empty_folder(string name, params string[] how)
    {
        var (folder, desk) = Projects(name);
        var published = Path.Combine(feed.Folder, "published", name);
        // The paths of sources in debugging symbols are .NET's: PathMap is its way to leave them out.
        Dotnet.Do(desk, ["publish", "-c", "Release", "-r", "linux-x64", "-o", published, $"-p:PathMap={folder}=/_", Runtime, .. how]);
        var files = Directory.EnumerateFiles(published, "*", SearchOption.AllDirectories).ToList();
        string[] named = ["data/messages.jsonl", "Second/data/urgent.jsonl", "libtorch/libtorch_cpu.so"];
        Assert.All(named, file => Assert.True(File.Exists(Path.Combine(published, file)), file));
        Assert.DoesNotContain(files, file => Path.GetFileName(file) is "not-named.jsonl");
        foreach (var path in (string[])[folder, feed.Folder, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/.nuget"])
            Assert.DoesNotContain(files.Where(file => new FileInfo(file).Length < 100_000_000), file => Holds(file, path));

        // Even where the folder that it was built in is there, its own is read; and then that one is gone.
        File.WriteAllText(Path.Combine(desk, "data", "messages.jsonl"), "this is no record\n");
        Assert.Contains("64", Run(published, "build-data", "topic"), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
        Assert.Matches("topic .* accuracy .* 22 .*0\\.", Run(published, "train", "first", "--set", "budget.epochs=1"));
        Assert.Contains("urgent", Run(published, "build-data", "urgent"), StringComparison.Ordinal);
        Directory.Delete(published, recursive: true);
    }

    [Theory]
    [InlineData("PublishTrimmed", "TDSL0003")]
    [InlineData("PublishAot", "TDSL0002")]
    public void What_would_not_run_is_refused(string property, string code)
    {
        var (_, desk) = Projects(property);
        Dotnet.Do(desk, "build", "-c", "Release", "-r", "linux-x64");
        var (exit, output) = Dotnet.Run(desk, "publish", "--no-restore", "-c", "Release", "-r", "linux-x64", $"-p:{property}=true");
        Assert.NotEqual(0, exit);
        Assert.Contains(
            $"error {code}: {property} is set, and TaskDsl finds words, recipes and records by reflection",
            output,
            StringComparison.Ordinal
        );
    }

    private (string Folder, string Desk) Projects(string name)
    {
        var folder = feed.NewFolder(name);
        string[] hive = ["--debug:custom-hive", Path.Combine(feed.Folder, "hive")];
        Dotnet.Do(folder, ["new", "install", "TaskDsl.Templates", .. hive]);
        foreach (var made in (string[])["MyDesk", "Second"])
            Dotnet.Do(folder, ["new", "taskdsl", "-n", made, .. hive]);
        var (desk, second) = (Path.Combine(folder, "MyDesk"), Path.Combine(folder, "Second"));
        File.WriteAllText(Path.Combine(desk, "data", "not-named.jsonl"), "{}\n");
        foreach (var kind in (string[])["tasks", "prompts", "recipes", "pipelines", "data"])
            Directory.Delete(Path.Combine(second, kind), recursive: true);
        Dotnet.Do(second, ["new", "task", "-n", "urgent", .. hive]);
        Dotnet.Do(second, ["new", "prompt", "-n", "urgent", .. hive]);
        var project = Path.Combine(second, "Second.csproj");
        File.WriteAllText(project, File.ReadAllText(project).Replace("<OutputType>Exe</OutputType>", "", StringComparison.Ordinal));
        File.Delete(Path.Combine(second, "Program.cs"));
        Dotnet.Do(desk, "add", "reference", "../Second");
        return (folder, desk);
    }

    private static bool Holds(string file, string text) => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static string Run(string published, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(published, "MyDesk"), arguments)
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + errors.Result);
        return output + errors.Result;
    }
}
