import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import a11y from 'eslint-plugin-vuejs-accessibility'
import globals from 'globals'
import ts from 'typescript-eslint'

const domainImports = {
  // As in the core, what reads CEL is the one library (docs/decisions/0032).
  regex: '^(?!\\./|@marcbachmann/cel-js$)',
  message: 'src/domain imports nothing from outside itself: it is the twin of the server core.',
}

// Whoever translates or mends a sentence opens one folder.
const han = '/[\\u3400-\\u9fff]/'
const inTexts = 'Every sentence stands in src/texts, in Chinese and English.'
const sentences = [`Literal[value=${han}]`, `TemplateElement[value.raw=${han}]`].map((selector) => ({
  selector,
  message: inTexts,
}))

export default ts.config(
  { ignores: ['dist/', 'dev-dist/', 'e2e/out/', 'src/api/gen.d.ts'] },
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  ...a11y.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: { globals: { ...globals.browser, ...globals.serviceworker } },
    rules: {
      'vue/multi-word-component-names': 'off',
      'vue/no-v-html': 'error',
      'vue/require-default-prop': 'off',
      // A label is tied to its control by id here; nesting as well adds nothing for a screen reader.
      'vuejs-accessibility/label-has-for': [
        'error',
        { controlComponents: ['TextField', 'NumberField'], required: { some: ['nesting', 'id'] } },
      ],
      'vuejs-accessibility/no-autofocus': 'error',
      // A prop of the router's links; hyphenated, it would be taken for an ARIA attribute that is not there.
      'vue/attribute-hyphenation': ['warn', 'always', { ignore: ['ariaCurrentValue'] }],
      '@typescript-eslint/no-explicit-any': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'idb', message: 'Every read and write of the phone’s database goes through src/db.' }] },
      ],
    },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    // The characters at which the initials change are no sentence.
    ignores: ['src/texts/**', 'src/**/*.test.ts', 'src/forms/pinyin.ts'],
    rules: { 'no-restricted-syntax': ['error', ...sentences] },
  },
  {
    files: ['src/**/*.vue'],
    rules: {
      'vue/no-restricted-syntax': ['error', ...sentences, { selector: `VLiteral[value=${han}]`, message: inTexts }],
      'vue/no-bare-strings-in-template': ['error', { allowlist: ['·', '（', '）', '—', '*', '/', '›'] }],
    },
  },
  { files: ['src/db/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['src/domain/**/*.ts'],
    ignores: ['src/domain/**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [domainImports] }] },
  },
  {
    files: ['scripts/**', 'e2e/**', '*.config.*'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
  prettier,
)
