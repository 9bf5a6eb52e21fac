using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using Fluid;
using Scriban;
using Scriban.Runtime;
using TaskDsl.Prompts;

namespace TaskDsl.Benchmarks;

/// <summary>
/// Rendering a prompt: compiled, against Scriban's renderer on the same templates, and against Fluid and Jinja2 on templates that print the
/// same. Per operation: 1,000 records.
/// </summary>
[MemoryDiagnoser]
public class PromptRendering : IDisposable
{
    private const int Records = 1000;

    // The runtime optimizes in the background: before that is done, Scriban's time is three times as long, and ours twice.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    // The templates of Tasks/clause.prompt.yaml.
    private static readonly string[] Templates =
    [
        "What is this clause about? One of: {{ labels_type | array.join \", \" }}.\n{{ clause | string.strip }}\n",
        "{{~ for label in labels_facts ~}}\n{{ for.index + 1 }}. {{ label }}{{ if !for.last }};{{ end }}\n{{~ end ~}}\n{{ if "
            + "clause | string.contains \"fee\" }}Mind the fee. {{ end }}Clause of {{ clause.size }} characters: {{ clause | "
            + "string.strip | string.replace \"\\n\" \" \" }}\n",
    ];

    // The same in Liquid and in Jinja2.
    private static readonly string[] LiquidTemplates =
    [
        "What is this clause about? One of: {{ labels_type | join: ', ' }}.\n{{ clause | strip }}\n",
        "{% for label in labels_facts %}{{ forloop.index }}. {{ label }}{% unless forloop.last %};{% endunless %}\n{% endfor %}{% "
            + "if clause contains 'fee' %}Mind the fee. {% endif %}Clause of {{ clause | size }} characters: {{ clause | strip | "
            + "replace: '\\n', ' ' }}\n",
    ];

    private static readonly string[] JinjaTemplates =
    [
        "What is this clause about? One of: {{ labels_type | join(', ') }}.\n{{ clause | trim }}\n",
        "{% for label in labels_facts %}{{ loop.index }}. {{ label }}{% if not loop.last %};{% endif %}\n{% endfor %}{% if 'fee' "
            + "in clause %}Mind the fee. {% endif %}Clause of {{ clause | length }} characters: {{ clause | trim | "
            + "replace('\\n', ' ') }}\n",
    ];

    private readonly PromptBuffer buffer = new();
    private readonly Prompts.ChatFormats.Plain chat = new();
    private readonly Clause.Input[] inputs = new Clause.Input[Records];
    private readonly Scriban.TemplateContext context = new();
    private readonly ScriptObject variables = [];
    private readonly Fluid.TemplateContext liquidContext = new();
    private Template template = null!;
    private IFluidTemplate liquid = null!;

    /// <summary>Which template: 0 is text with a list of labels, 1 has a loop, conditions and functions.</summary>
    [Params(0, 1)]
    public int Phrasing { get; set; }

    /// <summary>Parses the template and makes the records.</summary>
    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < Records; i++)
            inputs[i] = new Clause.Input(
                $" Brightmoor Analytics Ltd will invoice the subscription fee of £18,{i:000} in advance. The Customer shall settle "
                    + "each undisputed invoice within thirty (30) days of the date printed on it. "
            );
        template = Template.Parse(Templates[Phrasing]);
        variables["labels_type"] = new ScriptArray(Clause.Task.OutputFields[0].Labels);
        variables["labels_facts"] = new ScriptArray(Clause.Task.OutputFields[1].Labels);
        context.PushGlobal(variables);
        liquid = new FluidParser().Parse(LiquidTemplates[Phrasing]);
        liquidContext.SetValue("labels_type", Clause.Task.OutputFields[0].Labels);
        liquidContext.SetValue("labels_facts", Clause.Task.OutputFields[1].Labels);
        if (Compiled() != Interpreted())
            throw new InvalidOperationException("Scriban prints something else");
        if (Compiled() != Liquid())
            throw new InvalidOperationException("Fluid prints something else");
    }

    /// <summary>Gives the buffer back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        buffer.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Scriban's renderer, its context reused.</summary>
    [Benchmark(Baseline = true)]
    public long Interpreted()
    {
        long length = 0;
        foreach (var input in inputs)
        {
            variables["clause"] = input.Clause;
            length += System.Text.Encoding.UTF8.GetByteCount(template.Render(context).TrimEnd());
        }

        return length;
    }

    /// <summary>Fluid's renderer, its context reused.</summary>
    [Benchmark]
    public long Liquid()
    {
        long length = 0;
        foreach (var input in inputs)
        {
            liquidContext.SetValue("clause", input.Clause);
            length += System.Text.Encoding.UTF8.GetByteCount(liquid.Render(liquidContext).TrimEnd());
        }

        return length;
    }

    /// <summary>The compiled prompt, in the plain format.</summary>
    [Benchmark]
    public long Compiled()
    {
        long length = 0;
        foreach (var input in inputs)
        {
            buffer.Clear();
            ClausePrompt.Default.Render(buffer, input, null, "en", Phrasing, chat: chat);
            // The format's newline behind the message.
            length += buffer.Length - 1;
        }

        return length;
    }

    /// <summary>
    /// The ratios in seconds: all in turns, the median of the rounds once all code is optimized; Jinja2 in a process of its own behind
    /// them.
    /// </summary>
    public static void Quick()
    {
        const int rounds = 101;
        Console.WriteLine(
            "template | compiled ns | Scriban ns | Fluid ns | Jinja2 ns | times faster than Scriban | Fluid | Jinja2 | bytes "
                + "allocated per record"
        );
        foreach (var phrasing in (int[])[0, 1])
        {
            using var benchmark = new PromptRendering { Phrasing = phrasing };
            benchmark.Setup();
            Func<long>[] ways = [benchmark.Compiled, benchmark.Interpreted, benchmark.Liquid];
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < WarmUp)
                foreach (var way in ways)
                    way();
            var times = Array.ConvertAll(ways, _ => new double[rounds]);
            for (var round = 0; round < rounds; round++)
            for (var way = 0; way < ways.Length; way++)
                times[way][round] = Time(ways[way]);
            var (compiled, interpreted, liquid) = (Child.Median(times[0]), Child.Median(times[1]), Child.Median(times[2]));
            var before = GC.GetAllocatedBytesForCurrentThread();
            benchmark.Compiled();
            var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Records;
            var jinja = JinjaRendering.Time(
                JinjaTemplates[phrasing],
                [.. benchmark.inputs.Select(i => i.Clause)],
                Clause.Task.OutputFields,
                rounds,
                benchmark.Compiled()
            );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{phrasing} | {compiled:0} | {interpreted:0} | {liquid:0} | {jinja:0} | {interpreted / compiled:0.0} | "
                        + $"{liquid / compiled:0.0} | {jinja / compiled:0.0} | {allocated:0.##}"
                )
            );
        }
    }

    private static double Time(Func<long> run)
    {
        var clock = Stopwatch.StartNew();
        run();
        return clock.Elapsed.TotalNanoseconds / Records;
    }
}
