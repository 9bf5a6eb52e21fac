using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace TaskDsl.Generators.Tests.Packaging;

/// <summary>What users get: the packages, and a project outside the repository that is built from them.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-package-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_generators_package_holds_all_that_the_compiler_loads()
    {
        Pack("generators/TaskDsl.Generators");
        using var package = ZipFile.OpenRead(Directory.GetFiles(folder, "TaskDsl.Generators.*.nupkg").Single());
        Assert.Equal(
            [
                "analyzers/dotnet/cs/Scriban.Signed.dll",
                "analyzers/dotnet/cs/TaskDsl.Generators.dll",
                "analyzers/dotnet/cs/YamlDotNet.dll",
                "build/TaskDsl.Generators.props",
                "build/TaskDsl.Generators.targets",
            ],
            package
                .Entries.Select(e => e.FullName)
                .Where(n =>
                    n.Contains('/', StringComparison.Ordinal) && !n.StartsWith('_') && !n.StartsWith("package/", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Every_package_says_what_it_is()
    {
        Dotnet.Do(Dotnet.Repository, "pack", "TaskDsl.sln", "--no-build", "-c", Dotnet.Configuration, "-o", folder);
        var packages = Directory.GetFiles(folder, "*.nupkg").Select(path => (Path: path, Name: Path.GetFileName(path))).ToList();
        string[] expected = ["App", "Clients", "Generators", "HuggingFace", "Models.MiniLM", "Templates", "Testing", "Torch"];
        Assert.Equal(["TaskDsl", .. expected.Select(name => $"TaskDsl.{name}")], packages.Select(p => Id(p.Name)).Order());
        foreach (var (path, name) in packages)
        {
            using var package = ZipFile.OpenRead(path);
            var nuspec = XDocument.Load(package.GetEntry(Id(name) + ".nuspec")!.Open()).Root!.Elements().Single();
            string Said(string element) => nuspec.Elements().Single(e => e.Name.LocalName == element).Value;
            Assert.NotEmpty(Said("description"));
            Assert.Contains("yaml", Said("tags"), StringComparison.Ordinal);
            // A model has the licence that it was given to us by, too.
            Assert.Equal(name.Contains("Models", StringComparison.Ordinal) ? "MIT AND Apache-2.0" : "MIT", Said("license"));
            Assert.StartsWith("https://", Said("projectUrl"), StringComparison.Ordinal);
            Assert.NotNull(package.GetEntry(Said("icon")));
            Assert.NotNull(package.GetEntry(Said("readme")));
            // Symbols lie beside a library; in what the compiler loads they are embedded; of templates there are none.
            if (Id(name) is not ("TaskDsl.Generators" or "TaskDsl.Templates"))
                using (var symbols = ZipFile.OpenRead(Path.ChangeExtension(path, ".snupkg")))
                    Assert.NotNull(symbols.GetEntry($"lib/net10.0/{Id(name)}.pdb"));
        }

        using var generators = ZipFile.OpenRead(packages.Single(p => Id(p.Name) == "TaskDsl.Generators").Path);
        using var assembly = new MemoryStream();
        generators.GetEntry("analyzers/dotnet/cs/TaskDsl.Generators.dll")!.Open().CopyTo(assembly);
        assembly.Position = 0;
        using var reader = new PEReader(assembly);
        Assert.Contains(reader.ReadDebugDirectory(), entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);

        static string Id(string name) => name[..name.IndexOf(".0.", StringComparison.Ordinal)];
    }

    [Fact]
    public void The_testing_package_brings_the_generator_as_a_library()
    {
        Pack("src/TaskDsl.Testing");
        using var package = ZipFile.OpenRead(Directory.GetFiles(folder, "TaskDsl.Testing.*.nupkg").Single());
        Assert.NotNull(package.GetEntry("lib/net10.0/TaskDsl.Generators.dll"));
        using var nuspec = new StreamReader(package.GetEntry("TaskDsl.Testing.nuspec")!.Open());
        var text = nuspec.ReadToEnd();
        foreach (var needed in (string[])["YamlDotNet", "Scriban.Signed", "Microsoft.CodeAnalysis.CSharp", "DiffEngine"])
            Assert.Contains($"id=\"{needed}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"TaskDsl.Generators\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_with_a_model_tells_its_licences_and_brings_nothing_of_what_carried_it()
    {
        Pack("src/TaskDsl.Models.MiniLM");
        using var package = ZipFile.OpenRead(Directory.GetFiles(folder, "TaskDsl.Models.MiniLM.*.nupkg").Single());
        foreach (var file in (string[])["NOTICE.md", "LICENSE-Apache-2.0.txt", "README.md", "buildTransitive/TaskDsl.Models.MiniLM.props"])
            Assert.NotNull(package.GetEntry(file));
        using var nuspec = new StreamReader(package.GetEntry("TaskDsl.Models.MiniLM.nuspec")!.Open());
        var text = nuspec.ReadToEnd();
        Assert.Contains("<license type=\"expression\">MIT AND Apache-2.0</license>", text, StringComparison.Ordinal);
        Assert.Contains("id=\"TaskDsl.Torch\"", text, StringComparison.Ordinal);
        foreach (var foreign in (string[])["SentenceTransformers", "Microsoft.ML", "OnnxRuntime"])
            Assert.DoesNotContain($"id=\"{foreign}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_outside_the_repository_is_compiled_checked_and_kept_current()
    {
        Pack("generators/TaskDsl.Generators");
        Pack("src/TaskDsl");
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var project = Directory.CreateDirectory(Path.Combine(folder, "My Desk")).FullName;
        Write(
            "NuGet.config",
            $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{folder}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{packages}" /></fallbackPackageFolders>
            </configuration>
            """
        );
        Write(
            "My Desk.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <UseAppHost>false</UseAppHost>
                <RestorePackagesPath>{Path.Combine(folder, "packages")}</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="TaskDsl" Version="*" />
                <PackageReference Include="TaskDsl.Generators" Version="*" PrivateAssets="all" />
              </ItemGroup>
            </Project>
            """
        );
        Write(
            "Program.cs",
            "Console.WriteLine(string.Join(\", \", TaskCatalog.Default.Tasks.Select(task => task.Name)) + \" in \" + "
                + "TaskCatalog.Default.ProjectDirectory);"
        );
        Write("tasks/mood.task.yaml", Desk.Task);
        Write("tasks/tone.task.yaml", Desk.Task.Replace("task: mood", "task: tone", StringComparison.Ordinal));
        Write("appsettings.dev.yaml", "{{ not yaml");

        Assert.Contains($"mood, tone in {project}", Dotnet.Do(project, "run"), StringComparison.Ordinal);

        Write("tasks/tone.task.yaml", Desk.Task.Replace("task: mood", "tusk: tone", StringComparison.Ordinal));
        var (exitCode, output) = Dotnet.Run(project, "build", "--no-restore");
        Assert.NotEqual(0, exitCode);
        Assert.Contains($"{Path.Combine("tasks", "tone.task.yaml")}(1,1): error TDSL1106: ", output, StringComparison.Ordinal);

        File.Delete(Path.Combine(project, "tasks", "tone.task.yaml"));
        Assert.Contains($"mood in {project}", Dotnet.Do(project, "run", "--no-restore"), StringComparison.Ordinal);

        void Write(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(project, path))!);
            File.WriteAllText(Path.Combine(project, path), text);
        }
    }

    private void Pack(string project) =>
        Dotnet.Do(Dotnet.Repository, "pack", project, "--no-build", "-c", Dotnet.Configuration, "-o", folder);
}
