using Apache.Arrow;
using Apache.Arrow.Ipc;
using Parquet.Serialization;

namespace TaskDsl.App.Tests.Drafting;

/// <summary>Drafts of columnar files: their values have types, and dates come as text.</summary>
public sealed class ColumnarDraftTests
{
    private const int Count = 60;

    [Theory]
    [InlineData("parquet"), InlineData("arrow"), InlineData("arrows")]
    public async Task It_compiles_at_once_and_its_data_is_read(string extension)
    {
        using var project = new DraftProject().With($"data/tickets.{extension}", "");
        await WriteAsync(Path.Combine(project.Path, "data", $"tickets.{extension}"), extension);
        await project.DraftAsync($"data/tickets.{extension}");
        var task = Assert.Single(project.Compiled().Tasks);
        Assert.Equal(["body"], task.InputFields.Select(field => field.Name));
        Assert.Equal(["label:label"], task.OutputFields.Select(field => $"{field.Name}:{field.Type}"));
        using var data = await DatasetBuilder.LoadAsync(
            task,
            new() { ProjectDirectory = project.Path },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(Count, data.Report.Kept);
    }

    private static async Task WriteAsync(string path, string extension)
    {
        await using var file = File.Create(path);
        if (extension == "parquet")
        {
            await ParquetSerializer.SerializeAsync(
                Enumerable
                    .Range(0, Count)
                    .Select(i => new Ticket
                    {
                        Body = DraftProject.Text(i),
                        Label = i % 3,
                        Made = DateTime.UnixEpoch,
                    }),
                file
            );
            return;
        }

        using var batch = new RecordBatch.Builder()
            .Append("Body", false, columns =>
                columns.String(texts => texts.AppendRange(Enumerable.Range(0, Count).Select(i => DraftProject.Text(i))))
            )
            .Append("Label", false, columns => columns.Int32(numbers => numbers.AppendRange(Enumerable.Range(0, Count).Select(i => i % 3))))
            .Build();
        using var writer = extension == "arrows" ? new ArrowStreamWriter(file, batch.Schema) : new ArrowFileWriter(file, batch.Schema);
        await writer.WriteRecordBatchAsync(batch);
        await writer.WriteEndAsync();
    }

    private sealed class Ticket
    {
        public string Body { get; set; } = "";

        public int Label { get; set; }

        public DateTime Made { get; set; }
    }
}
