using System.Text.Json.Nodes;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Tests.Hub;

/// <summary>What <c>fetch</c> brings, and the cache that it makes, held to the layout of huggingface_hub.</summary>
[Collection("hub")]
public sealed class FetchTests
{
    [Fact]
    public async Task The_cache_is_that_of_huggingface_hub_with_what_a_model_needs_and_no_pickle()
    {
        await using var desk = await HubDesk.WithModelAsync();
        var (code, printed) = await desk.FetchAsync();
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("model acme/tiny at c1899de2: 4 files, 300.0 kB; 4 to fetch, 300.0 kB", printed, StringComparison.Ordinal);
        Assert.Contains(desk.Snapshot, printed, StringComparison.Ordinal);
        Assert.Single(printed.Split('\n'), line => line.Contains("model.safetensors", StringComparison.Ordinal)); // Each is told once.
        string[] taken = ["README.md", "config.json", "model.safetensors", "tokenizer.json"];
        string[] expected =
        [
            .. taken.Select(path => $".locks/models--acme--tiny/{desk.Hub.ETag(path)}.lock"),
            .. taken.Select(path => $"models--acme--tiny/blobs/{desk.Hub.ETag(path)}"),
            .. taken.Select(path => $"models--acme--tiny/snapshots/{HubHost.Commit}/{path} -> ../../blobs/{desk.Hub.ETag(path)}"),
            $"models--acme--tiny/trees/{HubHost.Commit}.json",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), desk.Listed());
        foreach (var path in taken)
            Assert.Equal(desk.Hub.Content(path), File.ReadAllBytes(Path.Combine(desk.Snapshot, path)));

        var tree = JsonNode.Parse(File.ReadAllText(Path.Combine(desk.Model, "trees", $"{HubHost.Commit}.json")))!;
        Assert.Equal(1, (int)tree["format_version"]!);
        Assert.Equal(7, tree["files"]!.AsObject().Count);
        var weights = tree["files"]!["model.safetensors"]!;
        Assert.Equal(desk.Hub.ETag("model.safetensors"), (string?)weights["lfs_sha256"]);
        Assert.Equal(300_000, (int)weights["lfs_size"]!);
        Assert.Equal(300_000, (int)weights["size"]!);
        Assert.Null(tree["files"]!["config.json"]!["lfs_sha256"]);
    }

    [Fact]
    public async Task The_second_time_everything_is_looked_at_and_nothing_asked_for()
    {
        await using var desk = await HubDesk.WithModelAsync();
        await desk.FetchAsync();
        desk.Hub.Requests.Clear();
        var (code, printed) = await desk.FetchAsync("tiny_hub");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("all there", printed, StringComparison.Ordinal);
        Assert.Empty(desk.Hub.Requests);
    }

    [Fact]
    public async Task A_cache_that_huggingface_hub_filled_is_used_as_it_is()
    {
        await using var desk = await HubDesk.WithModelAsync();
        foreach (var path in (string[])["config.json", "model.safetensors"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(desk.Blob(path))!);
            Directory.CreateDirectory(desk.Snapshot);
            File.WriteAllBytes(desk.Blob(path), desk.Hub.Content(path));
            File.CreateSymbolicLink(Path.Combine(desk.Snapshot, path), $"../../blobs/{desk.Hub.ETag(path)}");
        }

        // The content of another commit's file: it has no name here yet.
        File.WriteAllBytes(desk.Blob("tokenizer.json"), desk.Hub.Content("tokenizer.json"));
        var (code, printed) = await desk.FetchAsync();
        Assert.True(code == ExitCode.Success, printed);
        Assert.Equal([$"/acme/tiny/resolve/{HubHost.Commit}/README.md"], desk.Hub.Fetched);
        Assert.Equal(
            $"../../blobs/{desk.Hub.ETag("tokenizer.json")}",
            new FileInfo(Path.Combine(desk.Snapshot, "tokenizer.json")).LinkTarget
        );
    }

    [Fact]
    public async Task What_was_changed_or_cut_off_in_the_cache_is_fetched_again()
    {
        await using var desk = await HubDesk.WithModelAsync();
        await desk.FetchAsync();
        var weights = desk.Hub.Content("model.safetensors").ToArray();
        weights[1000] ^= 1;
        File.WriteAllBytes(desk.Blob("model.safetensors"), weights);
        File.WriteAllBytes(desk.Blob("config.json"), "{"u8.ToArray());
        desk.Hub.Requests.Clear();
        var (code, printed) = await desk.FetchAsync();
        Assert.True(code == ExitCode.Success, printed);
        Assert.Equal(2, desk.Hub.Fetched.Count());
        Assert.Equal(desk.Hub.Content("model.safetensors"), File.ReadAllBytes(desk.Blob("model.safetensors")));
        Assert.Equal(desk.Hub.Content("config.json"), File.ReadAllBytes(desk.Blob("config.json")));
    }

    [Fact]
    public async Task A_file_that_was_half_written_goes_on_where_it_was()
    {
        await using var desk = await HubDesk.WithModelAsync();
        var weights = desk.Hub.Content("model.safetensors");
        Directory.CreateDirectory(Path.GetDirectoryName(desk.Blob("model.safetensors"))!);
        File.WriteAllBytes(desk.Blob("model.safetensors") + ".incomplete", weights[..123_456]);
        var (code, printed) = await desk.FetchAsync();
        Assert.True(code == ExitCode.Success, printed);
        Assert.Equal("bytes=123456-", desk.Hub.Requests.Last(r => r.Path.StartsWith("storage", StringComparison.Ordinal)).Range);
        Assert.Equal(weights, File.ReadAllBytes(desk.Blob("model.safetensors")));
        Assert.False(File.Exists(desk.Blob("model.safetensors") + ".incomplete"));
    }

    [Theory, InlineData(1000), InlineData(300_000), InlineData(400_000)]
    public async Task A_half_that_is_of_something_else_is_thrown_away(int length)
    {
        await using var desk = await HubDesk.WithModelAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(desk.Blob("model.safetensors"))!);
        File.WriteAllBytes(desk.Blob("model.safetensors") + ".incomplete", new byte[length]);
        var (code, printed) = await desk.FetchAsync();
        Assert.True(code == ExitCode.Success, printed);
        Assert.Equal(desk.Hub.Content("model.safetensors"), File.ReadAllBytes(desk.Blob("model.safetensors")));
    }

    [Theory, InlineData("{"), InlineData("{\"format_version\": 2, \"files\": {}}")]
    [InlineData(
        "{\"format_version\": 1, \"files\": {\"../../x\": {\"size\": 1, \"blob_id\": \"0000000000000000000000000000000000000000\"}}}"
    )]
    public async Task A_list_that_is_broken_or_of_another_version_is_fetched_again(string list)
    {
        await using var desk = await HubDesk.WithModelAsync();
        Directory.CreateDirectory(Path.Combine(desk.Model, "trees"));
        File.WriteAllText(Path.Combine(desk.Model, "trees", $"{HubHost.Commit}.json"), list);
        var (code, printed) = await desk.FetchAsync();
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains(
            "\"lfs_sha256\"",
            File.ReadAllText(Path.Combine(desk.Model, "trees", $"{HubHost.Commit}.json")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Two_processes_fill_one_cache_and_each_file_comes_once()
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.InsteadOfStorage = async _ =>
        {
            await Task.Delay(1500); // Both are under way by then.
            return false;
        };
        (string, string?)[] environment = [("HF_HOME", Path.GetDirectoryName(desk.Cache)), ("HF_ENDPOINT", desk.Hub.Address)];
        var both = await Task.WhenAll(HubDesk.ProcessAsync(environment), HubDesk.ProcessAsync(environment));
        Assert.All(both, one => Assert.True(one.Code == ExitCode.Success, one.Printed));
        Assert.Equal(4, desk.Hub.Fetched.Count());
        Assert.Equal(desk.Hub.Content("model.safetensors"), File.ReadAllBytes(desk.Blob("model.safetensors")));
        Assert.DoesNotContain(desk.Listed(), path =>
            path.Contains(".incomplete", StringComparison.Ordinal) || path.EndsWith(".tmp", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_environments_proxy_is_asked()
    {
        await using var desk = await HubDesk.WithModelAsync();
        // A proxy is asked for a whole address; this one answers all of them from the hub's files.
        var (code, printed) = await HubDesk.ProcessAsync(
            ("HF_HOME", Path.GetDirectoryName(desk.Cache)),
            ("HF_ENDPOINT", "http://hub.example"),
            ("HTTP_PROXY", desk.Hub.Address),
            ("NO_PROXY", null),
            ("no_proxy", null)
        );
        // The list goes on at the host's own address, which is another one: so far the proxy was asked.
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("the list goes on at another place", printed, StringComparison.Ordinal);
        Assert.StartsWith("/api/models/acme/tiny/tree/", desk.Hub.Requests.First().Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_is_told_with_its_commit_and_nothing_is_fetched()
    {
        await using var desk = await HubDesk.WithModelAsync();
        var (code, printed) = await desk.FetchAsync("acme/tiny");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains($"main stands at {HubHost.Commit}", printed, StringComparison.Ordinal);
        Assert.Contains($"model: {{hub: {{model: acme/tiny, revision: {HubHost.Commit}}}}}", printed, StringComparison.Ordinal);
        (code, printed) = await desk.FetchAsync("datasets/acme/tiny@v2");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains($"v2 stands at {HubHost.Commit}", printed, StringComparison.Ordinal);
        Assert.Contains("config.json  23 bytes", printed, StringComparison.Ordinal);
        Assert.Contains(desk.Hub.Requests, asked => asked.Path == "/api/datasets/acme/tiny/revision/v2");
        Assert.False(Directory.Exists(desk.Cache));
    }

    [Theory, InlineData("acme/tiny/x"), InlineData("a--b/c"), InlineData("../x"), InlineData("nobody")]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        await using var desk = await HubDesk.WithModelAsync();
        var (code, printed) = await desk.FetchAsync(name);
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains(name, printed, StringComparison.Ordinal);
        Assert.Empty(desk.Hub.Requests);
    }

    [Fact]
    public async Task Shards_are_taken_by_their_numbers_and_must_be_all()
    {
        await using var desk = await HubDesk.WithAsync(
            ("config.json", "{}"u8.ToArray(), false),
            ("model.safetensors.index.json", "{ }"u8.ToArray(), false),
            ("model-00001-of-00002.safetensors", HubDesk.Noise(10), true),
            ("consolidated.safetensors", HubDesk.Noise(20), true)
        );
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("1 of the 2 files of its weights", printed, StringComparison.Ordinal);
        desk.Hub.Add("model-00002-of-00002.safetensors", HubDesk.Noise(30), isLarge: true);
        File.Delete(Path.Combine(desk.Model, "trees", $"{HubHost.Commit}.json"));
        (code, printed) = await desk.FetchAsync();
        Assert.True(code == ExitCode.Success, printed);
        Assert.Equal(4, desk.Hub.Fetched.Count());
    }

    [Fact]
    public async Task A_repository_of_pickles_is_refused()
    {
        await using var desk = await HubDesk.WithAsync(
            ("config.json", "{}"u8.ToArray(), false),
            ("pytorch_model.bin", HubDesk.Noise(10), true)
        );
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("its weights are pickles, which can run any program and are never fetched", printed, StringComparison.Ordinal);
        Assert.Empty(desk.Hub.Fetched);
    }
}
