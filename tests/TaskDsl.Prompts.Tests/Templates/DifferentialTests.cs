using CsCheck;
using Xunit;

namespace TaskDsl.Prompts.Tests.Templates;

/// <summary>What compiled templates print is what Scriban prints.</summary>
public class DifferentialTests
{
    private static readonly string[] Templates =
    [
        "",
        "plain",
        "{{ text }}",
        "{{text}}{{count}}{{score}}{{flag}}{{color}}{{language}}",
        "{{ note }}|{{ maybe }}|{{ ratio }}|{{ perhaps }}|{{ tint }}",
        "{{ 1 }} {{ 1.5 }} {{ \"a\\n\" }} {{ 'b' }} {{ true }} {{ null }} {{ 1e5 }}",
        // functions on texts
        "{{ text | string.strip }}",
        "{{ text | string.lstrip }}|{{ text | string.rstrip }}",
        "{{ note | string.strip }}",
        "{{ text | string.upcase }}{{ note | string.upcase }}",
        "{{ text | string.downcase | string.strip }}",
        "{{ person.name | string.capitalize }}{{ text | string.capitalizewords }}",
        "{{ text | string.strip_newlines }}",
        "{{ text | string.truncate 8 }}|{{ text | string.truncate 8 '…' }}|{{ text | string.truncate 2 }}|{{ note | string.truncate 1 }}",
        "{{ text | string.truncatewords 2 }}",
        "{{ text | string.replace 'l' 'L' }}{{ note | string.replace 'n' '' }}",
        "{{ text | string.replace_first 'l' 'L' }}",
        "{{ text | string.remove 'l' }}{{ note | string.remove 'o' }}",
        "{{ text | string.remove_first 'l' }}{{ text | string.remove_last 'l' }}",
        "{{ text | string.append note }}{{ note | string.prepend text }}",
        "{{ text | string.size }}{{ note | string.size }}{{ string.size text }}",
        "{{ text.size }}",
        "{{ text | string.contains 'World' }}{{ note | string.contains 'n' }}{{ text | string.starts_with '  H' }}{{ text | "
            + "string.ends_with ' ' }}{{ text | string.contains '' }}",
        "{{ text | string.slice 2 3 }}|{{ text | string.slice (-3) }}|{{ text | string.slice 1 }}|{{ note | string.slice 0 1 }}",
        "{{ text | string.pad_left 30 }}{{ note | string.pad_right 5 }}",
        "{{ text | string.empty }}{{ note | string.empty }}{{ text | string.whitespace }}",
        "{{ text | string.split ' ' | array.join '+' }}",
        "{{ count | string.append 'x' }}{{ score | string.size }}",
        "{{ note | object.default 'none' }}|{{ maybe | object.default 5 }}|{{ text | object.default note }}|{{ flag | "
            + "object.default true }}",
        // lists
        "{{ items }}|{{ numbers }}|{{ scores }}|{{ colors }}|{{ extras }}|{{ labels }}",
        "{{ items | array.join ', ' }}|{{ numbers | array.join '-' }}|{{ scores | array.join ' ' }}|{{ colors | array.join '、' "
            + "}}|{{ extras | array.join '' }}",
        "{{ labels | array.join ', ' }}",
        "{{ items | array.size }}{{ extras | array.size }}{{ items.size }}",
        "{{ items | array.first }}|{{ items | array.last }}|{{ numbers | array.first }}|{{ colors | array.last }}|{{ extras | "
            + "array.first }}",
        "{{ items | array.limit 2 | array.join ',' }}|{{ items | array.offset 1 | array.join ',' }}|{{ items | array.reverse | "
            + "array.join ',' }}|{{ extras | array.limit 1 }}|{{ items | array.limit 0 }}",
        "{{ items | array.contains 'one' }}{{ colors | array.contains 'red' }}{{ extras | array.contains note }}",
        "{{ items[0] }}|{{ items[1] }}|{{ items[-1] }}|{{ items[9] }}|{{ numbers[0] }}|{{ labels[1] }}|{{ labels[9] }}",
        "{{ (items | array.join ',') | string.upcase }}",
        "{{ items | array.join ', ' | string.size }}",
        // numbers
        "{{ count + 1 }} {{ count - 8 }} {{ count * 3 }} {{ count / 2 }} {{ count // 2 }} {{ count % 4 }}",
        "{{ score + 1 }} {{ score * 2.5 }} {{ 1 / score }} {{ score // 2 }} {{ score % 2 }}",
        "{{ maybe + 1 }}|{{ ratio * 2 }}|{{ maybe // 2 }}|{{ ratio // 2 }}|{{ maybe / 2 }}",
        "{{ -count }}{{ -score }}{{ +count }}",
        "{{ math.abs count }}{{ score | math.ceil }}{{ score | math.floor }}{{ score | math.round 1 }}{{ ratio | math.round }}{{ "
            + "maybe | math.abs }}",
        "{{ count | math.plus 2 | math.times 3 | math.minus 1 }}",
        "{{ 7 / 2 }}{{ 7 // 2 }}{{ 7.0 }}{{ 2 * 3 + 1 }}",
        "{{ text + count }}{{ count + text }}{{ text + note }}{{ note + note }}",
        "{{ numbers[0] + numbers[1] }}",
        // truth and comparison
        "{{ if flag }}yes{{ else }}no{{ end }}",
        "{{ if note }}note{{ else if perhaps }}perhaps{{ else }}neither{{ end }}",
        "{{ if text }}always{{ end }}{{ if count }}zero is true{{ end }}",
        "{{ if !note }}none{{ end }}",
        "{{ if maybe && flag || perhaps }}a{{ else }}b{{ end }}",
        "{{ text == 'word' }}{{ note == null }}{{ note != null }}{{ null == note }}{{ note == '' }}{{ color == 'red' }}{{ tint == "
            + "color }}{{ text != note }}",
        "{{ count == 7 }}{{ count > 0 }}{{ count >= score }}{{ maybe < 3 }}{{ maybe <= 0 }}{{ ratio == 0.5 }}{{ maybe == null }}{{ "
            + "maybe == maybe }}{{ maybe <= maybe }}",
        "{{ text < 'a' }}{{ note <= text }}{{ note >= note }}{{ tint > note }}",
        "{{ flag == true }}{{ perhaps != flag }}{{ flag && note }}{{ flag || note }}{{ !flag }}{{ !text }}",
        "{{ count == '7' }}{{ '7' == count }}{{ flag == 'true' }}",
        "{{ text | string.strip == 'word' }}",
        "{{ (text | string.strip) == 'word' }}",
        "{{ note ?? 'none' }}|{{ maybe ?? 4 }}|{{ ratio ?? score }}|{{ perhaps ?? flag }}|{{ tint ?? color }}|{{ note ?? tint "
            + "}}|{{ text ?? 'x' }}",
        "{{ flag ? 'a' : 'b' }}{{ note ? note : text }}{{ flag ? 1 : 2 }}{{ flag ? (text | string.strip) : note }}{{ note ? 'n' : null }}",
        "{{ if (count > 3 && items.size == 3) || !flag }}x{{ end }}",
        // loops
        "{{ for item in items }}{{ item }};{{ end }}",
        "{{ for item in items }}{{ for.index }}/{{ for.length }} {{ for.first }}{{ for.last }}{{ for.even }}{{ for.odd }}{{ "
            + "for.rindex }} {{ item }}\n{{ end }}",
        "{{ for item in items }}{{ item }}{{ if !for.last }}, {{ end }}{{ else }}nothing{{ end }}",
        "{{ for x in extras }}{{ x }}{{ else }}none{{ end }}",
        "{{ for n in numbers }}{{ if n == 1 }}{{ continue }}{{ end }}{{ n * 2 }} {{ end }}",
        "{{ for n in numbers }}{{ if n < 2 }}{{ break }}{{ end }}{{ n }}{{ end }}",
        "{{ for x in items offset:1 limit:1 }}{{ x }}{{ end }}|{{ for x in items reversed }}{{ x }}{{ end }}|{{ for x in numbers "
            + "limit: count }}{{ x }},{{ end }}",
        "{{ for i in 1..3 }}{{ i }}{{ end }}{{ for i in 0..<count }}{{ i }}{{ end }}",
        "{{ for e in entities }}{{ e.kind }}={{ e.text }};{{ end }}",
        "{{ for p in people }}{{ p.name }} ({{ p.age }}){{ for t "
            + "in p.tags }} #{{ t }}{{ for.index }}{{ end }}{{ for.index "
            + "}}{{ p.note }}|{{ end }}",
        "{{ for c in colors }}{{ c | string.upcase }}{{ end }}",
        "{{ for l in labels }}- {{ l }}\n{{ end }}",
        "{{ for x in items }}{{ for x2 in items }}{{ x == x2 }}{{ end }}{{ end }}",
        // records
        "{{ person.name }}{{ person.note }}{{ person.age + 1 }}{{ person.tags | array.join '/' }}",
        "{{ friend?.name }}|{{ friend?.note }}|{{ friend?.age }}",
        "{{ if friend }}{{ friend.name }} {{ friend.tags.size }}{{ end }}",
        "{{ (people | array.first)?.name }}",
        // values that are texts in templates alone
        "{{ day }}|{{ due }}|{{ days }}|{{ days | array.join ', ' }}|{{ for d in days }}{{ d }};{{ end }}",
        "{{ day | string.slice 0 4 }}{{ day.size }}{{ if due }}{{ due > day }}{{ day == due }}{{ end }}{{ days | "
            + "array.first }}{{ days[1] }}",
        "{{ due ?? 'never' }}|{{ due | string.replace '-' '/' }}|{{ day == '2026-01-31' ? 'a' : 'b' }}",
        // white space
        "a  {{- text -}}  b",
        "a\n  {{~ text ~}}\n  b",
        "{{- for x in items -}}\n {{ x }}\n{{- end -}}",
        "  {{ text }}\nnext {{ text }}",
        "\n  {{ text }}",
        "x\n    {{ for i in items }}\n    - {{ i }}\n    {{ end }}\ny",
        "  {{ if flag }}\n  {{ text }}\n  {{ end }}\nz",
        "  {{ items }}{{ items | array.join '\n' }}",
        "\t{{ text | string.upcase }} {{ count }}",
        "\n  {{ if flag\n text\n else\n note\n end }}\n",
        // comments, escapes, statements
        "a{{ # comment }}b{{## several\nlines ##}}c",
        "{%{ {{ raw }} }%}x",
        "{{ 'a' ; text ; count }}",
        "{{ x = text | string.strip; x }}{{ y = count + 1; y * 2 }}{{ z = note; z ?? 'none' }}",
        "{{ n = items | array.limit 1; n | array.join ',' }}{{ for q in n }}{{ q }}{{ end }}",
        "{{ if true }}a{{ else }}{{ text }}{{ end }}{{ if false }}b{{ else if flag }}c{{ else }}d{{ end }}{{ if flag }}e{{ else if "
            + "true }}f{{ else }}g{{ end }}",
        "{{\nif flag\n  'yes'\nelse\n  text\nend\n}}",
        "中文{{ color }}，{{ labels | array.join '、' }}。",
        "{{ labels | array.size }}{{ labels[0] | string.upcase }}{{ language | string.upcase }}{{ language == 'en' ? 'E' : 'Z' }}",
        "{{ math.round (score * 10) }}{{ string.upcase (text | string.strip) }}",
        "{{ text | string.strip | string.size > 3 }}",
    ];

    [Fact]
    public void Compiled_templates_print_what_Scriban_prints() => Compare(Templates, fullNeverThrows: true);

    [Fact]
    public void Random_templates_print_what_Scriban_prints()
    {
        // Drawn first and compiled together: compiling is what takes the time. Arithmetic between literals is left to Scriban's own errors.
        var templates = RandomTemplates.Template.Array[250].Single();
        var wellTyped = templates.Where(template => CompiledTemplates.Refusal(template) is null).ToList();
        Assert.True(
            wellTyped.Count > templates.Length * 0.8,
            "most of what is generated should compile; refused: "
                + string.Join('\n', templates.Select(CompiledTemplates.Refusal).OfType<string>().Take(10))
        );
        Compare(wellTyped, fullNeverThrows: false);
    }

    private static void Compare(IReadOnlyList<string> templates, bool fullNeverThrows)
    {
        var compiled = CompiledTemplates.Of(templates);
        var failures = new List<string>();
        for (var i = 0; i < templates.Count; i++)
        {
            foreach (var sample in Samples.All)
            {
                var expected = CompiledTemplates.Scriban(templates[i], sample);
                string? actual;
                try
                {
                    actual = compiled.Render(i, sample);
                }
                catch (ArithmeticException)
                {
                    actual = null;
                }

                // Scriban throws on members of null and on division by zero; with the full sample nothing may.
                if (fullNeverThrows && expected is null && sample == Samples.Full)
                    failures.Add($"{templates[i]}\n  Scriban throws");
                if (expected is not null && actual != expected)
                    failures.Add($"{templates[i]}\n  Scriban:  {Show(expected)}\n  compiled: {Show(actual)}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static string Show(string? text) => text is null ? "(throws)" : System.Text.Json.JsonSerializer.Serialize(text);
}
