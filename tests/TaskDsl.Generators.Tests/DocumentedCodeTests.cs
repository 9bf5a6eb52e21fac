using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TaskDsl.Generators.Tests.Packaging;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>
/// Every block of C# in the pages compiles, in the law desk's project with implicit usings. One that cannot says so to its readers, in its
/// first line: <c>// not compiled here: why</c>.
/// </summary>
public sealed partial class DocumentedCodeTests
{
    private const string NotCompiled = "// not compiled here: ";

    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Threading; global using System.Threading.Tasks; global using TaskDsl; global using TaskDsl.App;
        global using LegalDesk;
        """;

    private static readonly Lazy<Compilation> LawDesk = new(() =>
    {
        var desk = GeneratorProject.FromFolder(Path.Combine(AppContext.BaseDirectory, "LegalDesk"));
        // The compiler's part, which tests refer to, has sources of the core's in it; no project refers to it.
        var references = desk.References.Where(r => Path.GetFileName(r.Display) != "TaskDsl.Generators.dll");
        return (desk with { RootNamespace = "LegalDesk", References = [.. references] })
            .Run()
            .Compilation.AddSyntaxTrees(Tree(ImplicitUsings));
    });

    public static TheoryData<string, int> Blocks =>
        [
            .. Pages()
                .SelectMany(page => Block().Matches(File.ReadAllText(page)).Select(block => (page, block)))
                .Select(found =>
                    (
                        Path.GetRelativePath(Dotnet.Repository, found.page),
                        File.ReadAllText(found.page)[..found.block.Index].Count(letter => letter == '\n') + 1
                    )
                ),
        ];

    [Theory, MemberData(nameof(Blocks))]
    public void Compiles(string page, int line)
    {
        var code = Code(page, line);
        if (code.StartsWith(NotCompiled, StringComparison.Ordinal))
        {
            Assert.True(code.Split('\n')[0].Length > NotCompiled.Length + 10, "why not?");
            return;
        }

        var faults = Faults(code);
        Assert.True(faults.Count == 0, $"{page}({line}):\n{string.Join('\n', faults)}");
    }

    [Fact]
    public void What_does_not_compile_is_found()
    {
        Assert.NotEmpty(Faults("var run = await Recipes.NoSuch.RunAsync();"));
        Assert.NotEmpty(Faults("public sealed record MyStage : Stage;"));
        Assert.True(Blocks.Count > 10);
    }

    /// <summary>Words that the pages show whole are those that a project of its own trains with (<c>OwnWordsTests</c>).</summary>
    [Fact]
    public void Words_of_ones_own_are_shown_as_they_are_tested()
    {
        const string Place = "// tests/OwnWords/Words/";
        var shown = Blocks
            .Select(block => Code(block.Data.Item1, block.Data.Item2))
            .Where(code => code.StartsWith(Place, StringComparison.Ordinal));
        Assert.True(shown.Count() > 4);
        foreach (var code in shown)
        {
            var lines = code.Split('\n', 2);
            Assert.Equal(File.ReadAllText(Path.Combine(Dotnet.Repository, lines[0]["// ".Length..])), lines[1]);
        }
    }

    private static string Code(string page, int line)
    {
        var text = File.ReadAllText(Path.Combine(Dotnet.Repository, page));
        return Block().Matches(text).Single(block => text[..block.Index].Count(letter => letter == '\n') + 1 == line).Groups[1].Value;
    }

    private static List<string> Faults(string code)
    {
        var root = Tree(code).GetCompilationUnitRoot();
        var usings = string.Concat(root.Usings.Select(u => u.ToFullString()));
        var body = string.Concat(root.Members.Select(m => m.ToFullString()));
        // Types stand by themselves; methods want a class, and statements a method around them.
        var whole =
            root.Members.All(m => m is BaseTypeDeclarationSyntax or BaseNamespaceDeclarationSyntax) ? code
            : root.Members.All(m => m is GlobalStatementSyntax { Statement: not LocalFunctionStatementSyntax })
                ? $"{usings}\nclass Page {{ async Task<object?> Do(string[] args) {{ {body}\nawait Task.Yield(); return null; }} }}"
            : $"{usings}\nclass Page {{ {body} }}";
        return
        [
            .. LawDesk
                .Value.AddSyntaxTrees(Tree(whole))
                .GetDiagnostics()
                .Where(d => d.DefaultSeverity == DiagnosticSeverity.Error)
                .Select(d => d.ToString()),
        ];
    }

    private static IEnumerable<string> Pages() =>
        Directory
            .EnumerateFiles(Path.Combine(Dotnet.Repository, "docs"), "*.md")
            .Append(Path.Combine(Dotnet.Repository, "README.md"))
            .Append(Path.Combine(Dotnet.Repository, "CONTRIBUTING.md"))
            .Append(Path.Combine(Dotnet.Repository, "src", "README.md"))
            .Order(StringComparer.Ordinal);

    private static CSharpSyntaxTree Tree(string code) =>
        (CSharpSyntaxTree)CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Latest));

    [GeneratedRegex(@"^[ ]*```(?:csharp|cs|c#)\n(.*?)^[ ]*```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Block();
}
