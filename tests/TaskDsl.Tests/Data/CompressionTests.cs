using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using CsCheck;
using TaskDsl.Data;
using TaskDsl.Data.Sources;

namespace TaskDsl.Tests.Data;

/// <summary>What gzip and zstd compress is read as if they had not, in every format; what is damaged says so.</summary>
public sealed class CompressionTests : SourceTest
{
    private const string Lines = "{\"text\":\"größe\",\"mood\":\"good\"}\n{\"text\":\"b\",\"mood\":\"bad\"}\n";

    private static readonly (string Name, string Text)[] Files =
    [
        ("a.jsonl", Lines),
        ("a.json", "[{\"text\":\"a\"},\n {\"text\":\"b\"}]"),
        ("a.csv", "text,mood\n\"a, b\",good\n"),
        ("a.tsv", "text\tmood\na\tgood\n"),
        ("a.txt", "one\ntwo\n"),
        ("a.conll", "Oslo\tB-place\n\nBonn\tB-place\n"),
    ];

    [Fact]
    public async Task Every_text_format_is_read_from_gzip_and_zstd()
    {
        foreach (var (name, text) in Files)
        {
            Write(name, text);
            var plain = await ReadAsync(ByPath(name));
            Assert.NotEmpty(plain);
            Write($"{name}.gz", Gzip(Encoding.UTF8.GetBytes(text)));
            Write($"{name}.zst", Zstd(Encoding.UTF8.GetBytes(text)));
            Assert.Equal(plain, await ReadAsync(ByPath($"{name}.gz")));
            Assert.Equal(plain, await ReadAsync(ByPath($"{name}.zst")));
        }
    }

    [Theory]
    [InlineData("gzip", "-k", "a.jsonl.gz")]
    [InlineData("zstd", "-qk", "a.jsonl.zst")]
    [InlineData("zstd", "-qk19", "a.jsonl.zst")]
    public async Task What_the_command_line_compresses_is_read(string command, string options, string name)
    {
        if (!Tool(command))
            return;
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{{\"text\":\"line {i}\",\"mood\":\"good\"}}\n"));
        Write("a.jsonl", text);
        using (var process = Process.Start(new ProcessStartInfo(command, [options, At("a.jsonl")]))!)
            await process.WaitForExitAsync();
        Assert.Equal(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), await ReadAsync(ByPath(name)));
    }

    [Fact]
    public async Task Members_behind_one_another_are_one_file()
    {
        byte[] first = Encoding.UTF8.GetBytes(Lines),
            second = Encoding.UTF8.GetBytes("{\"text\":\"c\"}\n");
        Write("a.jsonl.gz", [.. Gzip(first), .. Gzip(second)]);
        Write("a.jsonl.zst", [.. Zstd(first), .. Zstd(second)]);
        Assert.Equal(3, (await ReadAsync(ByPath("a.jsonl.gz"))).Count);
        Assert.Equal(3, (await ReadAsync(ByPath("a.jsonl.zst"))).Count);
    }

    [Theory]
    [InlineData("a.jsonl.gz", "gzip")]
    [InlineData("a.jsonl.zst", "Zstandard")]
    public async Task A_file_that_is_cut_off_says_so_wherever_it_ends(string name, string compression)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"{{\"text\":\"{i * 7919 % 1000003}\"}}\n")));
        var whole = name.EndsWith("gz", StringComparison.Ordinal) ? Gzip(text) : Zstd(text);
        await Gen.Int[4, whole.Length - 1]
            .SampleAsync(
                async cut =>
                {
                    var part = $"{Guid.NewGuid():n}-{name}";
                    Write(part, whole[..cut]);
                    var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(ByPath(part)));
                    Assert.Contains($"the {compression} data is damaged or cut off", error.Message, StringComparison.Ordinal);
                },
                iter: 60
            );
    }

    [Theory]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.jsonl.zst")]
    public async Task A_damaged_byte_is_noticed(string name)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"{{\"text\":\"{i * 7919 % 1000003}\"}}\n")));
        var whole = name.EndsWith("gz", StringComparison.Ordinal) ? Gzip(text) : Zstd(text);
        await Gen.Select(Gen.Int[4, whole.Length - 1], Gen.Byte[1, 255])
            .SampleAsync(
                async (at, change) =>
                {
                    var part = $"{Guid.NewGuid():n}-{name}";
                    var damaged = (byte[])whole.Clone();
                    damaged[at] ^= change;
                    Write(part, damaged);
                    await Readable(ByPath(part));
                },
                iter: 200
            );
    }

    [Fact]
    public async Task A_data_set_says_which_file_is_cut_off_and_keeps_its_name()
    {
        Write("data/a.jsonl.gz", Gzip(Encoding.UTF8.GetBytes(Lines))[..^6]);
        var error = await Assert.ThrowsAsync<DataException>(() =>
            Note.Build().From(new JsonLines { Path = "data/a.jsonl.gz" }).ToDatasetAsync(Options)
        );
        Assert.StartsWith(
            "data/a.jsonl.gz: cannot be read: the gzip data is damaged or cut off behind byte",
            error.Message,
            StringComparison.Ordinal
        );
    }

    internal static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return memory.ToArray();
    }

    internal static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor();
        compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return compressor.Wrap(bytes).ToArray();
    }

    private static bool Tool(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, name)));
}
